import type { KoaContextWithOIDC } from 'oidc-provider'
import { accessProblem } from '../clients/group-restriction.ts'
import { withRecentRows } from '../unit-of-work.ts'
import { buildAudience, clientSubject } from './access-token-claims.ts'
import type { ResponseStep } from './after-response.ts'
import { hasProof } from './client-authentication/proofs.ts'
import { extras } from './client-metadata.ts'
import { getSubject } from './pairwise.ts'
import type { ProviderContext } from './provider-context.ts'

/** A token of the library, and the basis of the introspection response. */
interface IntrospectedToken {
  readonly kind: string
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
  readonly iat?: number | undefined
  readonly scope?: string | undefined
  readonly resource?: unknown
  aud?: unknown
  extra?: unknown
}

interface LibraryClient {
  readonly clientId: string
}

/**
 * Clients may introspect their own tokens and tokens for APIs that they serve. Tokens are inactive if the user may no longer
 * sign in or use the client, or if the client lost access to the API. As the API contract requires, the response contains the
 * audience as an array and the subject also as `username`.
 */
export function introspectionPolicy({ stores: { accounts }, apiAccess, pairwise, countPasskeys }: ProviderContext) {
  const servesApi = async (requesterId: string, { aud, clientId = '', accountId, iat = 0 }: IntrospectedToken) => {
    if (typeof aud !== 'string') return requesterId === clientId
    const found = await apiAccess.find(aud, clientId, accountId === undefined ? 'client' : 'user')
    // An API recreated with the same identifier is a different API.
    if (!found || iat < Math.floor(found.api.createdAt / 1000)) return false
    return requesterId === clientId || found.api.resourceServerClientIds.includes(requesterId)
  }
  const canUseClient = async (accountId: string, holder: LibraryClient) => {
    const account = await withRecentRows(() => accounts.find(accountId))
    if (account === undefined || account.disabled) return false
    return (await accessProblem(extras(holder).pocket_access, account, countPasskeys)) === undefined
  }
  return async ({ oidc }: KoaContextWithOIDC, client: LibraryClient, token: IntrospectedToken): Promise<boolean> => {
    if (!(await servesApi(client.clientId, token))) return false
    const { accountId, clientId = '', scope = '' } = token
    if (accountId !== undefined) {
      const holder = clientId === client.clientId ? client : await oidc.provider.Client.find(clientId)
      if (!holder || !(await canUseClient(accountId, holder))) return false
      const username = getSubject(pairwise, accountId, holder)
      token.extra = { ...(token.extra ?? {}), username }
    } else token.extra = { ...(token.extra ?? {}), username: clientSubject(clientId) }
    const audience = [token.aud ?? token.resource ?? clientId].flat()[0]
    // UserInfo accepts access tokens only.
    const scopes = token.kind === 'RefreshToken' ? [] : scope.split(' ')
    token.aud = buildAudience(String(audience), scopes, oidc.provider.issuer)
    return true
  }
}

/**
 * Responds with a challenge to requests without credentials (RFC 7662 §2.3). The library responds `invalid_request`, and
 * accepts a public client's ID as authentication, so that anyone could test tokens (§2.1).
 */
export function requireCredentials(): ResponseStep {
  // A bearer token that belongs to no client does not authenticate either.
  const lacksCredentials = (authorization: string) => /^(bearer\b|$)/i.test(authorization)
  return (ctx) => {
    if (ctx.oidc?.route !== 'introspection') return
    const { client } = ctx.oidc
    const isUnauthenticated = client ? client.clientAuthMethod === 'none' && !hasProof(ctx.req) : ctx.status === 400
    if (!isUnauthenticated || !lacksCredentials(ctx.get('authorization'))) return
    ctx.status = 401
    ctx.type = 'json'
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"')
    ctx.body = { error: 'invalid_client', error_description: 'client authentication is required' }
    return
  }
}
