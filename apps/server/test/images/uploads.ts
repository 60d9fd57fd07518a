import type { UserAgent } from '@pocket/core/testing'

export interface Upload {
  readonly method: 'PUT' | 'POST'
  readonly url: string
  readonly bytes: Uint8Array | string
  /** `file` unless the test is about another. */
  readonly field?: string
  /** What the browser calls it, which nobody believes. */
  readonly type?: string
}

/** Sends a form with a file as the script of a page does, with the browser's cookies. */
export function upload(agent: UserAgent, { method, url, bytes, field = 'file', type = 'image/png' }: Upload) {
  const form = new FormData()
  form.set(field, new Blob([bytes as BlobPart], { type }), 'picture.png')
  const cookie = agent
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  return agent.fetch(url, { method, body: form, headers: { cookie, 'sec-fetch-site': 'same-origin' } })
}

/** The bytes and the headers at an address, for everybody. */
export async function show(agent: UserAgent, url: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await agent.fetch(url, { headers })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    tag: answer.headers.get('etag'),
    cache: answer.headers.get('cache-control'),
    policy: answer.headers.get('content-security-policy'),
    bytes: Buffer.from(await answer.arrayBuffer()),
  }
}

export async function code(answer: Response): Promise<readonly [number, unknown]> {
  const text = await answer.text()
  return [answer.status, text === '' ? '' : (JSON.parse(text) as { code: string }).code]
}
