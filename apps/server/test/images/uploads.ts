import type { UserAgent } from '@pocket/core/testing'
import { cookieHeader } from '../api/instance.ts'

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
  const headers = { cookie: cookieHeader(agent), 'sec-fetch-site': 'same-origin' }
  return agent.fetch(url, { method, body: form, headers, redirect: 'manual' })
}

/** The bytes and headers of a public URL. */
export async function fetchImage(agent: UserAgent, url: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await agent.fetch(url, { headers })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    tag: response.headers.get('etag'),
    cache: response.headers.get('cache-control'),
    policy: response.headers.get('content-security-policy'),
    sniffing: response.headers.get('x-content-type-options'),
    bytes: Buffer.from(await response.arrayBuffer()),
  }
}

export async function statusAndCode(response: Response): Promise<readonly [number, unknown]> {
  const text = await response.text()
  return [response.status, text === '' ? '' : (JSON.parse(text) as { code: string }).code]
}
