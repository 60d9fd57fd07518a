import { fetch as undiciFetch } from 'undici'
import { type AllowedHosts, allowedHosts } from './addresses.ts'
import { guardedAgent } from './guarded-agent.ts'
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
export type Answer = Awaited<ReturnType<typeof undiciFetch>>

/** A response and the means to read it. */
export interface GuardedAnswer {
  readonly answer: Answer
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
  const { allowedPrivateHosts = [], localRanges = [], allowHttp = false } = options
  const { maxBytes = megabyte, timeout = 10_000 } = options
  const allowed = allowedHosts(allowedPrivateHosts)
  const dispatcher = guardedAgent({ allowed, local: allowedHosts(localRanges), timeout })

  return async (address: string | URL, init: PublicFetchInit): Promise<GuardedAnswer> => {
    const deadline = AbortSignal.timeout(timeout)
    const signal = init.signal ? AbortSignal.any([deadline, init.signal]) : deadline
    const failure = (error: unknown) => failureOf(error, deadline)
    try {
      let request: Hop = { ...init, url: new URL(address), headers: new Headers(init.headers) }
      for (let redirects = 0; ; redirects++) {
        assertScheme(request.url, allowHttp, allowed)
        const { url, method = 'GET', headers, body = null } = request
        const answer = await undiciFetch(url, {
          method,
          headers: [...headers],
          body,
          redirect: 'manual',
          signal,
          dispatcher,
        })
        const next = init.redirect === 'manual' ? undefined : nextHop(request, answer)
        if (next === undefined) return { answer, chunks: bounded(answer, maxBytes), failure }
        await answer.body?.cancel()
        if (init.redirect === 'error' || redirects === maxRedirects)
          throw new OutboundError('too_many_redirects', `${url.origin} leads on to somewhere else too often.`)
        request = next
      }
    } catch (error) {
      throw failure(error)
    }
  }
}

interface Hop extends PublicFetchInit {
  readonly url: URL
  readonly headers: Headers
}

/** Explicitly allowed hosts may use http: internal networks often have no TLS. */
function assertScheme({ protocol, hostname, host }: URL, allowHttp: boolean, allowed: AllowedHosts): void {
  const bare = hostname.replace(/^\[|\]$/g, '')
  const http = allowHttp || allowed.hasName(bare) || allowed.hasAddress(bare)
  if (protocol === 'https:' || (protocol === 'http:' && http)) return
  throw new OutboundError('scheme', `${host || protocol} cannot be asked by ${protocol.slice(0, -1)}, only by https.`)
}

/** The next request of a redirect (Fetch §4.4), or `undefined` if the response is not a redirect. */
function nextHop(request: Hop, { status, headers: answered }: Answer): Hop | undefined {
  const location = answered.get('location')
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

async function* bounded(answer: Answer, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new OutboundError('too_large', `The answer is larger than ${maxBytes} bytes.`)
    yield chunk
  }
}

function failureOf(error: unknown, deadline: AbortSignal): unknown {
  if (error instanceof OutboundError) return error
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof OutboundError) return cause
  if (deadline.aborted) return new OutboundError('timeout', 'There was no answer in time.', { cause: error })
  return new OutboundError('unreachable', 'The address could not be read.', { cause: cause ?? error })
}
