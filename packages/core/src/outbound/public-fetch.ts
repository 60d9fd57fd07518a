import { fetch as undiciFetch } from 'undici'
import { type AllowedHosts, allowedHosts } from './addresses.ts'
import { guardedAgent } from './guarded-agent.ts'
import { OutboundError } from './outbound-error.ts'

/** What `createPublicFetch` may be told. */
export interface PublicFetchOptions {
  /** Host names, addresses and CIDR ranges that may be reached although they are not public; over http too. */
  readonly allowedPrivateHosts?: readonly string[]
  /** Whether http is spoken with public hosts as well. By default https alone. */
  readonly allowHttp?: boolean
  /** The most bytes of an answer, after decompression. By default 1 MiB. */
  readonly maxBytes?: number
  /** Milliseconds that everything may take together. By default 10 000. */
  readonly timeout?: number
}

/** What a guarded request takes: as `fetch`, but for a body that cannot be sent twice. */
export interface PublicFetchInit {
  readonly method?: string
  readonly headers?: HeadersInit
  readonly body?: string | Uint8Array | URLSearchParams | null
  readonly redirect?: 'follow' | 'manual' | 'error'
  readonly signal?: AbortSignal | null
}

/** As `fetch`. @throws {OutboundError} for whatever is not answered, or answered beyond the limits */
export type PublicFetch = (url: string | URL, init?: PublicFetchInit) => Promise<Response>

const mostRedirects = 3
const megabyte = 1024 * 1024
/** What speaks for the caller to one origin alone (Fetch §4.4). */
const ownToOrigin = ['authorization', 'cookie', 'proxy-authorization']

/**
 * Makes the `fetch` for addresses given by others: public addresses only, looked at when they are connected to, redirects
 * (at most 3) included; bounded in bytes and in time. An answer is read whole before it is returned. What its content is,
 * the caller checks.
 *
 * @throws {RangeError} for an allowed host that is no host name, address or range
 */
export function createPublicFetch(options: PublicFetchOptions = {}): PublicFetch {
  const { allowedPrivateHosts = [], allowHttp = false, maxBytes = megabyte, timeout = 10_000 } = options
  const allowed = allowedHosts(allowedPrivateHosts)
  const dispatcher = guardedAgent(allowed, timeout)

  return async (address, init = {}) => {
    const deadline = AbortSignal.timeout(timeout)
    const signal = init.signal ? AbortSignal.any([deadline, init.signal]) : deadline
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
        if (next === undefined) return await read(answer, maxBytes)
        await answer.body?.cancel()
        if (init.redirect === 'error' || redirects === mostRedirects)
          throw new OutboundError('too_many_redirects', `${url.origin} leads on to somewhere else too often.`)
        request = next
      }
    } catch (error) {
      throw failure(error, deadline)
    }
  }
}

interface Hop extends PublicFetchInit {
  readonly url: URL
  readonly headers: Headers
}

type Answer = Awaited<ReturnType<typeof undiciFetch>>

/** An address that is allowed by name or number may be spoken to without TLS: inside a network there often is none. */
function assertScheme({ protocol, hostname, host }: URL, allowHttp: boolean, allowed: AllowedHosts): void {
  const bare = hostname.replace(/^\[|\]$/g, '')
  const http = allowHttp || allowed.hasName(bare) || allowed.hasAddress(bare)
  if (protocol === 'https:' || (protocol === 'http:' && http)) return
  throw new OutboundError('scheme', `${host || protocol} cannot be asked by ${protocol.slice(0, -1)}, only by https.`)
}

/** The request that a redirect asks for (Fetch §4.4), or `undefined` where the answer is none. */
function nextHop(request: Hop, { status, headers: answered }: Answer): Hop | undefined {
  const location = answered.get('location')
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined
  const url = new URL(location, request.url)
  const headers = new Headers(request.headers)
  if (url.origin !== request.url.origin) for (const name of ownToOrigin) headers.delete(name)
  const { method = 'GET' } = request
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  if (!becomesGet) return { ...request, url, headers }
  headers.delete('content-type')
  return { ...request, url, headers, method: 'GET', body: null }
}

async function read(answer: Answer, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new OutboundError('too_large', `The answer is larger than ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  const { status, statusText } = answer
  const body = [204, 205, 304].includes(status) ? null : Buffer.concat(chunks)
  return new Response(body, { status, statusText, headers: [...answer.headers] })
}

function failure(error: unknown, deadline: AbortSignal): unknown {
  if (error instanceof OutboundError) return error
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof OutboundError) return cause
  if (deadline.aborted) return new OutboundError('timeout', 'There was no answer in time.', { cause: error })
  return new OutboundError('unreachable', 'The address could not be read.', { cause: cause ?? error })
}
