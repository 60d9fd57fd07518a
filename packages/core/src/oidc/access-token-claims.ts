import type { Configuration } from 'oidc-provider'

type ExtraTokenClaims = NonNullable<Configuration['extraTokenClaims']>
type CustomizeJwt = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>

/** Whom a client's own token is about: no client can take a name that is a person's (RFC 9068 §5). */
function subjectOf(clientId: string | undefined): string {
  return `client-${clientId}`
}

/** What introspection says of an opaque token of a client's own (RFC 7662 §2.2). */
export const subjectOfClients: ExtraTokenClaims = async (_ctx, { kind, clientId }) =>
  kind === 'ClientCredentials' ? { sub: subjectOf(clientId) } : undefined

/** Who reads a token: whom it was made for, and UserInfo where it lets anybody ask about the person. */
export function audienceOf(reader: string, scopes: Iterable<string>, issuer: string): string[] {
  return [reader, ...([...scopes].some((scope) => userScopes.has(scope)) ? [issuer] : [])]
}

const userScopes = new Set(['openid', 'profile', 'email', 'groups'])

/** The access tokens for APIs as programs for the contract read them: the audience is a list, and so are the scopes once more. */
export const customizeAccessTokens: CustomizeJwt = async (_ctx, { kind, clientId }, { payload }) => {
  const { aud, scope, iss } = payload
  const scopes = typeof scope === 'string' ? scope.split(' ') : []
  if (kind === 'ClientCredentials') payload.sub = subjectOf(clientId)
  if (typeof aud === 'string') payload.aud = audienceOf(aud, scopes, String(iss))
  if (scopes.length > 0) payload.scp = scopes
}
