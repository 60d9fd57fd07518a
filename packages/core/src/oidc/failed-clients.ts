import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import type { RateLimitedError } from '../errors.ts'
import type { ResponseStep } from './after-response.ts'
import type { ProviderContext } from './provider-context.ts'

/** Records failures only for existing clients, because unknown ones have no secret to guess. */
export function recordFailedClients(provider: Provider, { recordFailedClient }: ProviderContext): ResponseStep {
  const failedClients = new WeakMap<IncomingMessage, string>()
  const recordError = ({ req, oidc }: KoaContextWithOIDC, { error }: errors.OIDCProviderError) => {
    if (error === 'invalid_client' && oidc.client) failedClients.set(req, oidc.client.clientId)
  }
  provider.on('grant.error', recordError)
  provider.on('introspection.error', recordError)
  provider.on('revocation.error', recordError)
  provider.on('pushed_authorization_request.error', recordError)
  provider.on('device_authorization.error', recordError)
  return ({ req }) => {
    const clientId = failedClients.get(req)
    return clientId === undefined ? undefined : recordFailedClient(req, clientId)
  }
}

/** OAuth defines no error code for rate limits, so the response uses status 429 (RFC 6585 §4). */
export function respondRateLimited(res: ServerResponse, { message, retryAfter }: RateLimitedError): void {
  res.writeHead(429, {
    'Retry-After': String(retryAfter),
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': '*',
  })
  res.end(JSON.stringify({ error: 'temporarily_unavailable', error_description: message }))
}
