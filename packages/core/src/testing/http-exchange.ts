import { type IncomingMessage, type OutgoingHttpHeaders, request as requestByHttp } from 'node:http'
import { request as requestByHttps } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { object } from '../arguments.ts'

/**
 * Maps origins to other origins, as a reverse proxy does: a request for `https://id.example.com/login` goes to
 * `http://127.0.0.1:1411/login` under `{ 'https://id.example.com': 'http://127.0.0.1:1411' }`, with `Host` and the
 * `X-Forwarded-*` headers of a proxy.
 */
export type Resolve = Readonly<Record<string, string>>

export interface HttpRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** Milliseconds; long enough for slow machines, so that only a server that hangs exceeds it. */
const maxWait = 120_000

/** Bytes of response headers. Browsers accept more than Node does by default. */
const maxHeaderSize = 256 * 1024

/** The client address that the emulated proxy reports: an address reserved for documentation (RFC 5737). */
export const clientIpAddress = '203.0.113.7'

/** Sends one request and reads the whole response; the caller handles redirects. Rejects after two minutes. */
export async function exchange(request: HttpRequest, resolve: Resolve = {}): Promise<HttpResponse> {
  const message = await send(request, resolve)
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return { status: message.statusCode ?? 0, headers, body: await buffer(message) }
}

/**
 * A `fetch` that applies `resolve`, for clients without cookies such as `openid-client` or `SynologyDsm`. It never follows a
 * redirect.
 *
 * @example
 * ```ts
 * const fetch = fetchThrough({ 'https://id.example.com': 'http://127.0.0.1:3000' })
 * ```
 */
export function fetchThrough(resolve: Resolve): typeof fetch {
  object('resolve')(resolve)
  return async (input, init) => {
    const request = new Request(input, init)
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    const { method, signal } = request
    const headers = Object.fromEntries(request.headers)
    const response = await exchange({ url: new URL(request.url), method, headers, body, signal }, resolve)
    const empty = response.status === 204 || response.status === 304
    return new Response(empty ? null : new Uint8Array(response.body), {
      status: response.status,
      headers: response.headers,
    })
  }
}

function send({ url, method, headers, body, signal }: HttpRequest, resolve: Resolve): Promise<IncomingMessage> {
  const target = resolve[url.origin]
  const address = target === undefined ? url : new URL(`${url.pathname}${url.search}`, target)
  // node:http, since fetch does not allow callers to set Host. Each request has its own connection, so that no idle
  // connection delays the shutdown of the server under test.
  const request = address.protocol === 'https:' ? requestByHttps : requestByHttp
  const timeout = AbortSignal.timeout(maxWait)
  const options = {
    method,
    headers: { ...headers, ...contentLengthHeader(body), ...(target === undefined ? {} : proxyHeaders(url)) },
    agent: false,
    maxHeaderSize,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  } as const
  return new Promise((onAnswer, onError) => {
    request(address, options, onAnswer).on('error', onError).end(body)
  })
}

function proxyHeaders(url: URL): OutgoingHttpHeaders {
  return {
    host: url.host,
    'x-forwarded-for': clientIpAddress,
    'x-forwarded-host': url.host,
    'x-forwarded-proto': url.protocol.slice(0, -1),
  }
}

function contentLengthHeader(body: Uint8Array | undefined): OutgoingHttpHeaders {
  return body === undefined ? {} : { 'content-length': body.length }
}
