import type { ClientAuthentication } from './application.ts'
import { type JsonObject, parseJsonObject } from './json-object.ts'
import { RefusalError } from './refusal.ts'

/** @throws {RefusalError} if the response is not successful or not a JSON object */
export async function fetchJson(send: typeof fetch, url: string, init: RequestInit = {}): Promise<JsonObject> {
  const what = `${init.method ?? 'GET'} ${url}`
  const response = await send(url, init).catch((cause: Error) => {
    throw new RefusalError(`${what} failed: ${cause.message}`, { cause })
  })
  const body = await response.text()
  if (!response.ok) throw new RefusalError(`${what} answered ${response.status}: ${body.slice(0, 300)}`)
  try {
    return parseJsonObject(body, 'The answer')
  } catch (cause) {
    throw new RefusalError(`${what} did not return a JSON object: ${body.slice(0, 300)}`, { cause })
  }
}

export interface TokenRequest {
  readonly endpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly fields: Readonly<Record<string, string>>
}

/** @throws {RefusalError} if the response contains no tokens */
export async function requestTokens(
  send: typeof fetch,
  authentication: ClientAuthentication,
  { endpoint, clientId, clientSecret, fields }: TokenRequest,
): Promise<JsonObject> {
  const bodyWithCredentials = {
    ...fields,
    client_id: clientId,
    ...(clientSecret !== '' && { client_secret: clientSecret }),
  }
  const post = (body: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    fetchJson(send, endpoint, { method: 'POST', headers, body: new URLSearchParams(body) })
  const encoded = basicHeader(formEncoded(clientId), formEncoded(clientSecret))
  switch (authentication) {
    case 'basic':
      return post(fields, encoded)
    case 'raw-basic':
      return post(fields, basicHeader(clientId, clientSecret))
    case 'post':
      return post(bodyWithCredentials)
    case 'none':
      return post({ ...fields, client_id: clientId })
    case 'detected':
      return post(fields, encoded).catch(() => post(bodyWithCredentials))
  }
}

/** Emulates `fetch` from a page of this origin: a response that CORS does not allow it to read counts as failed. */
export function fetchFromOrigin(origin: string, send: typeof fetch): typeof fetch {
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('origin', origin)
    const response = await send(input, { ...init, headers })
    const allowed = response.headers.get('access-control-allow-origin')
    if (allowed === '*' || allowed === origin) return response
    await response.body?.cancel()
    throw new Error(`Access-Control-Allow-Origin is ${JSON.stringify(allowed)}`)
  }
}

function basicHeader(name: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` }
}

function formEncoded(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1)
}
