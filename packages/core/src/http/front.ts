import type { IncomingMessage } from 'node:http'

/**
 * What must happen before the library sees a request: it builds addresses from the request's host and protocol, so these
 * are made to say what the issuer says, whoever sent them. Read the request's context first; it needs the originals.
 */
export function pinToIssuer(req: IncomingMessage, issuer: URL): void {
  delete req.headers.forwarded
  req.headers.host = issuer.host
  req.headers['x-forwarded-host'] = issuer.host
  req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
}
