import type { UserAgent } from '@pocket/core/testing'

export interface Upload {
  readonly method: 'PUT' | 'POST'
  readonly url: string
  readonly bytes: Uint8Array | string
  /** `file` unless the test needs another name. */
  readonly field?: string
  /** The file type declared by the browser, which the server does not trust. */
  readonly type?: string
}

/** Sends a form with a file as the page script does, with the cookies of the browser. */
export function upload(agent: UserAgent, { method, url, bytes, field = 'file', type = 'image/png' }: Upload) {
  const form = new FormData()
  form.set(field, new Blob([bytes as BlobPart], { type }), 'picture.png')
  const cookie = agent
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  return agent.fetch(url, { method, body: form, headers: { cookie, 'sec-fetch-site': 'same-origin' } })
}

/** The bytes and headers of a public URL. */
export async function show(agent: UserAgent, url: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await agent.fetch(url, { headers })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    tag: answer.headers.get('etag'),
    cache: answer.headers.get('cache-control'),
    policy: answer.headers.get('content-security-policy'),
    sniffing: answer.headers.get('x-content-type-options'),
    bytes: Buffer.from(await answer.arrayBuffer()),
  }
}

export async function code(answer: Response): Promise<readonly [number, unknown]> {
  const text = await answer.text()
  return [answer.status, text === '' ? '' : (JSON.parse(text) as { code: string }).code]
}
