import type { Configuration } from 'oidc-provider'

type ExtraTokenClaims = NonNullable<Configuration['extraTokenClaims']>
type CustomizeJwt = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>

/** The subject of a client credentials token; the prefix keeps it distinct from user IDs (RFC 9068 §5). */
export function clientSubject(clientId: string | undefined): string {
  return `client-${clientId}`
}

/** Adds `sub` to the introspection response of an opaque client credentials token (RFC 7662 §2.2). */
export const addClientSubject: ExtraTokenClaims = async (_ctx, { kind, clientId }) =>
  kind === 'ClientCredentials' ? { sub: clientSubject(clientId) } : undefined

/** The audience of a token: the resource server, and the issuer too if the scopes permit UserInfo requests. */
export function buildAudience(audience: string, scopes: Iterable<string>, issuer: string): string[] {
  return [audience, ...([...scopes].some((scope) => userScopes.has(scope)) ? [issuer] : [])]
}

const userScopes = new Set(['openid', 'profile', 'email', 'groups'])

/** Formats JWT access tokens as the API contract requires: `aud` is an array, and `scp` repeats the scopes as an array. */
export const customizeAccessTokens: CustomizeJwt = async (_ctx, { kind, clientId }, { payload }) => {
  const { aud, scope, iss } = payload
  const scopes = typeof scope === 'string' ? scope.split(' ') : []
  if (kind === 'ClientCredentials') payload.sub = clientSubject(clientId)
  if (typeof aud === 'string') payload.aud = buildAudience(aud, scopes, String(iss))
  if (scopes.length > 0) payload.scp = scopes
}
