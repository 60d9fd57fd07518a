import type { IncomingMessage } from 'node:http'
import type { TrustProxy } from './request-context.ts'

/** Origins by request and issuer; a process may run several providers. */
const cachedOrigins = new WeakMap<IncomingMessage, Map<string, string>>()
const hosts = new Map<string, string>()

/**
 * The configured origin at which a request arrived: the first one (the issuer's) unless the host matches another one.
 * The host comes from a trusted proxy or from the request itself. Call it before headers are changed; the result is
 * cached.
 */
export function configuredOrigin(
  req: IncomingMessage,
  origins: readonly [string, ...string[]],
  trustProxy: TrustProxy = () => false,
): string {
  if (origins.length === 1) return origins[0]
  const cached = cachedOrigins.get(req) ?? new Map<string, string>()
  const known = cached.get(origins[0])
  if (known !== undefined) return known
  const host = hostOf(req, trustProxy)
  const origin = origins.find((candidate) => hostOfOrigin(candidate) === host) ?? origins[0]
  cachedOrigins.set(req, cached.set(origins[0], origin))
  return origin
}

function hostOfOrigin(origin: string): string {
  const known = hosts.get(origin)
  if (known !== undefined) return known
  const { host } = new URL(origin)
  hosts.set(origin, host)
  return host
}

function hostOf(req: IncomingMessage, trustProxy: TrustProxy): string | undefined {
  const forwarded = req.headers['x-forwarded-host']
  const { remoteAddress } = req.socket
  const isTrusted = typeof forwarded === 'string' && remoteAddress !== undefined && trustProxy(remoteAddress)
  const host = isTrusted ? forwarded.split(',')[0] : req.headers.host
  return host?.trim().toLowerCase().replace(/:443$/, '')
}
