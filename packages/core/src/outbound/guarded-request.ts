import { isIP } from 'node:net'
import type { Agent, fetch as undiciFetch } from 'undici'
import { type AllowedHosts, allowedHosts, isPublicAddress } from './addresses.ts'
import { OutboundError } from './outbound-error.ts'

/** Options of `createPublicFetch` and `createPublicDownload`. */
export interface PublicFetchOptions {
  /** Host names, IP addresses and CIDR ranges that may be reached although they are private, also over http. */
  readonly allowedPrivateHosts?: readonly string[] | undefined
  /** IP addresses and CIDR ranges that are local although they look public, such as the IPv6 prefix of a home network. */
  readonly localRanges?: readonly string[] | undefined
  /** Whether http is allowed for public hosts. By default only https. */
  readonly allowHttp?: boolean | undefined
  /** Maximum size of a response in bytes, after decompression. By default 1 MiB. */
  readonly maxBytes?: number | undefined
  /** Timeout for the complete request in milliseconds. By default 10 000. */
  readonly timeout?: number | undefined
}

/** Request options as for `fetch`, except bodies that cannot be sent again. */
export interface PublicFetchInit {
  readonly method?: string | undefined
  readonly headers?: NonNullable<RequestInit['headers']> | undefined
  readonly body?: string | Uint8Array | URLSearchParams | null | undefined
  readonly redirect?: 'follow' | 'manual' | 'error' | undefined
  readonly signal?: AbortSignal | null | undefined
}

/** The final response, with an unread body. */
export type FetchResponse = Awaited<ReturnType<typeof undiciFetch>>

export interface GuardedResponse {
  readonly response: FetchResponse
  /** The body, up to the size limit. @throws {OutboundError} */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Converts an error during reading to an `OutboundError`. */
  failure(error: unknown): unknown
}

const maxRedirects = 3
const megabyte = 1024 * 1024
/** Credentials that must not be sent to another origin (Fetch §4.4). */
const originBoundHeaders = ['authorization', 'cookie', 'proxy-authorization']

/** @throws {RangeError} if an allowed host is not a host name, IP address or range */
export function createGuardedRequest(options: PublicFetchOptions) {
  const { allowedPrivateHosts = [], localRanges = [], allowHttp = false } = options ?? {}
  const { maxBytes = megabyte, timeout = 10_000 } = options ?? {}
  const allowed = allowedHosts(allowedPrivateHosts)
  const local = allowedHosts(localRanges)
  let agent: Promise<Agent> | undefined

  return async (input: string | URL, init: PublicFetchInit): Promise<GuardedResponse> => {
    const deadline = AbortSignal.timeout(timeout)
    const signal = init.signal ? AbortSignal.any([deadline, init.signal]) : deadline
    const failure = (error: unknown) => toOutboundError(error, signal)
    try {
      // undici is loaded on demand: it is large, and most instances seldom send a request.
      const { default: undici } = await import('undici')
      agent ??= import('./guarded-agent.ts').then(({ guardedAgent }) => guardedAgent({ allowed, local, timeout }))
      const dispatcher = await agent
      let request: HopRequest = { ...init, url: new URL(input), headers: new Headers(init.headers) }
      for (let redirects = 0; ; redirects++) {
        assertScheme(request.url, allowHttp, allowed)
        assertPublicAddress(request.url, allowed, local)
        const { url, method = 'GET', headers, body = null } = request
        const response = await undici.fetch(url, {
          method,
          headers: [...headers],
          body,
          redirect: 'manual',
          signal,
          dispatcher,
        })
        const next = init.redirect === 'manual' ? undefined : nextRequest(request, response)
        if (next === undefined) return { response: response, chunks: limitSize(response, maxBytes), failure }
        await response.body?.cancel()
        if (init.redirect === 'error' || redirects === maxRedirects)
          throw new OutboundError('too_many_redirects', `${url.origin} redirects too often.`)
        request = next
      }
    } catch (error) {
      throw failure(error)
    }
  }
}

interface HopRequest extends PublicFetchInit {
  readonly url: URL
  readonly headers: Headers
}

/** Explicitly allowed hosts may use http: internal networks often have no TLS. */
function assertScheme({ protocol, hostname, host }: URL, allowHttp: boolean, allowed: AllowedHosts): void {
  const unbracketedHost = hostname.replace(/^\[|\]$/g, '')
  const isHttpAllowed = allowHttp || allowed.hasName(unbracketedHost) || allowed.hasAddress(unbracketedHost)
  if (protocol === 'https:' || (protocol === 'http:' && isHttpAllowed)) return
  throw new OutboundError(
    'scheme',
    `${host || protocol} cannot be requested over ${protocol.slice(0, -1)}, only over https.`,
  )
}

/** The agent checks resolved names; the fetch standard refuses some ports before it is asked. */
function assertPublicAddress({ hostname }: URL, allowed: AllowedHosts, local: AllowedHosts): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0 || allowed.hasAddress(host) || (isPublicAddress(host) && !local.hasAddress(host))) return
  throw new OutboundError('not_public', `${host} is not on the public internet.`)
}

/** The next request of a redirect (Fetch §4.4), or `undefined` if the response is not a redirect. */
function nextRequest(request: HopRequest, { status, headers: responseHeaders }: FetchResponse): HopRequest | undefined {
  const location = responseHeaders.get('location')
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined
  const url = new URL(location, request.url)
  const headers = new Headers(request.headers)
  if (url.origin !== request.url.origin) for (const name of originBoundHeaders) headers.delete(name)
  const { method = 'GET' } = request
  const changesToGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  if (!changesToGet) return { ...request, url, headers }
  headers.delete('content-type')
  return { ...request, url, headers, method: 'GET', body: null }
}

async function* limitSize(response: FetchResponse, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new OutboundError('too_large', `The response is larger than ${maxBytes} bytes.`)
    yield chunk
  }
}

function toOutboundError(error: unknown, { reason }: AbortSignal): unknown {
  if (error instanceof OutboundError) return error
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof OutboundError) return cause
  if (reason instanceof DOMException && reason.name === 'TimeoutError')
    return new OutboundError('timeout', 'There was no response in time.', { cause: error })
  return new OutboundError('unreachable', 'The URL could not be fetched.', { cause: cause ?? error })
}
