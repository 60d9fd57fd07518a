import type { IncomingMessage } from 'node:http'
import { protocolRoutes } from './paths.ts'

const { token, userinfo, introspection, revocation, pushed_authorization_request: pushed } = protocolRoutes
/** Endpoints that accept DPoP proofs, which contain the URL (RFC 9449 §4.2), and whose responses contain no URLs. */
const backChannelPaths = new Set<string>([token, userinfo, introspection, revocation, pushed])

/** The parts of an origin that requests contain. */
type RequestedOrigin = Pick<URL, 'host' | 'protocol'>

/** The origin that the client called: the internal origin for back-channel endpoints, otherwise the issuer's. */
export function requestedOrigin(
  req: IncomingMessage,
  path: string,
  issuer: RequestedOrigin,
  internalOrigin?: string,
): RequestedOrigin {
  const internal = internalOrigin === undefined || !backChannelPaths.has(path) ? null : URL.parse(internalOrigin)
  return internal !== null && req.headers.host?.toLowerCase() === internal.host ? internal : issuer
}
