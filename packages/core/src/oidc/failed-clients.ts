import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import type { RateLimited } from '../errors.ts'

export interface FailedClientPorts {
  /** Counts that a client did not prove who it is. */
  readonly recordFailedClient: (req: IncomingMessage, clientId: string) => Promise<void>
}

/** Only of clients that exist, since no other has a secret that could be guessed. */
export function recordFailedClients(provider: Provider, { recordFailedClient }: FailedClientPorts): void {
  const failed = new WeakMap<IncomingMessage, string>()
  const note = ({ req, oidc }: KoaContextWithOIDC, { error }: errors.OIDCProviderError) => {
    if (error === 'invalid_client' && oidc.client) failed.set(req, oidc.client.clientId)
  }
  provider.on('grant.error', note)
  provider.on('introspection.error', note)
  provider.on('revocation.error', note)
  provider.on('pushed_authorization_request.error', note)
  provider.on('device_authorization.error', note)
  provider.use(async ({ req }, next) => {
    await next()
    const clientId = failed.get(req)
    if (clientId !== undefined) await recordFailedClient(req, clientId)
  })
}

/** OAuth has no error of its own for it; a client that knows the status waits (RFC 6585 §4). */
export function respondRateLimited(res: ServerResponse, { message, retryAfter }: RateLimited): void {
  res.writeHead(429, {
    'Retry-After': String(retryAfter),
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': '*',
  })
  res.end(JSON.stringify({ error: 'temporarily_unavailable', error_description: message }))
}
