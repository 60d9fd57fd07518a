import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'
import { uuid } from '../random.ts'

/** What is known of a request, whoever asks. */
export interface RequestContext {
  /** A UUID of ours; one that a client sends is not taken over. */
  readonly requestId: string
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The `uid` of the session of whoever is signed in there, once it was read. */
  readonly sessionUid?: string | null
  /** The API key of the host's that the request came with. */
  readonly apiKeyId?: string | null
}

/**
 * Whether a peer at this address may say for whom it speaks.
 *
 * @example
 * ```ts
 * const trustProxy: TrustProxy = (address) => address === '10.0.0.2'
 * ```
 */
export type TrustProxy = (address: string) => boolean

const contexts = new WeakMap<IncomingMessage, RequestContext>()

/**
 * The context of this request; it is made by the first who asks, before anybody changes the request's headers.
 *
 * @example
 * ```ts
 * const { requestId, ipAddress } = requestContext(req, (peer) => peer === '10.0.0.2')
 * ```
 */
export function requestContext(req: IncomingMessage, trustProxy: TrustProxy = () => false): RequestContext {
  const known = contexts.get(req)
  if (known) return known
  const context: RequestContext = {
    requestId: uuid(),
    ipAddress: clientAddress(req, trustProxy),
    userAgent: req.headers['user-agent']?.slice(0, 512) ?? null,
  }
  contexts.set(req, context)
  return context
}

/**
 * Notes in whose name a request is made, so that what is made by it can be found with its session.
 *
 * @example
 * ```ts
 * noteCaller(req, { apiKeyId: key.id })
 * ```
 */
export function noteCaller(req: IncomingMessage, caller: Pick<RequestContext, 'sessionUid' | 'apiKeyId'>): void {
  Object.assign(requestContext(req), caller)
}

/**
 * A trusted proxy may still pass on what a client made up; what is no address is not taken for one. Who comes through a
 * Unix socket has none, so that only where everybody is trusted the proxy behind it is.
 */
function clientAddress(req: IncomingMessage, trustProxy: TrustProxy): string | null {
  const { remoteAddress } = req.socket
  const told = proxyAddr(req, trustProxy)
  return isIP(told ?? '') === 0 ? (remoteAddress ?? null) : told
}
