import type { IncomingMessage } from 'node:http'
import type Provider from 'oidc-provider'
import { protocolRoutes } from './paths.ts'

const { token, userinfo, introspection, revocation, pushed_authorization_request: pushed } = protocolRoutes
/** Where a client proves that it holds a key, by a proof that names the address (RFC 9449 §4.2), and no answer tells one. */
const proven = new Set<string>([token, userinfo, introspection, revocation, pushed])

/** An origin, as far as requests say it. */
type Called = Pick<URL, 'host' | 'protocol'>

/** Which origin a client has called: the internal one where the metadata lead it there, the issuer's otherwise. */
export function requestedOrigin(req: IncomingMessage, path: string, issuer: Called, internalOrigin?: string): Called {
  const internal = internalOrigin === undefined || !proven.has(path) ? null : URL.parse(internalOrigin)
  return internal !== null && req.headers.host?.toLowerCase() === internal.host ? internal : issuer
}

/** Takes an assertion for the endpoint at each address under which clients may know it (RFC 7523 §3). */
export function acceptInternalOrigins(provider: Provider, origins: readonly string[]): void {
  const { prototype } = provider.OIDCContext
  const { clientJwtAuthExpectedAudience: expected } = prototype
  prototype.clientJwtAuthExpectedAudience = function (this: typeof prototype) {
    const audiences = expected.call(this)
    const paths = [...audiences].flatMap((address) => {
      const { pathname } = new URL(address)
      return pathname === '/' ? [] : [pathname]
    })
    return new Set([...audiences, ...paths.flatMap((path) => origins.map((origin) => origin + path))])
  }
}
