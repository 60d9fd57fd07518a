import type { IncomingMessage } from 'node:http'
import type { TrustProxy } from './request-context.ts'

/** Of each request, by the issuer's origin: there may be several providers. */
const known = new WeakMap<IncomingMessage, Map<string, string>>()

/**
 * At which of our origins a request arrived: the first one, the issuer's, unless its host is that of another one. The
 * host is the one that a trusted proxy forwards, else the request's own. Ask before anybody changes the headers; who asks
 * again hears the same.
 */
export function ownOrigin(
  req: IncomingMessage,
  origins: readonly [string, ...string[]],
  trustProxy: TrustProxy = () => false,
): string {
  const before = known.get(req)?.get(origins[0])
  if (before !== undefined) return before
  const host = hostOf(req, trustProxy)
  const origin = origins.find((each) => new URL(each).host === host) ?? origins[0]
  known.set(req, new Map([...(known.get(req) ?? []), [origins[0], origin]]))
  return origin
}

function hostOf(req: IncomingMessage, trustProxy: TrustProxy): string | undefined {
  const forwarded = req.headers['x-forwarded-host']
  const { remoteAddress } = req.socket
  const trusted = typeof forwarded === 'string' && remoteAddress !== undefined && trustProxy(remoteAddress)
  const host = trusted ? forwarded.split(',')[0] : req.headers.host
  return host?.trim().toLowerCase().replace(/:443$/, '')
}
