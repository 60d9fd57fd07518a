import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import type { ApiAccessReader } from '../apis/access.ts'
import { isAllowedToUse } from '../clients/group-restriction.ts'
import { audienceOf } from './access-token-claims.ts'
import { isProven } from './client-authentication/proofs.ts'
import { extras } from './client-metadata.ts'
import { type PairwiseIdentifier, subjectFor } from './pairwise.ts'

/** A token of the library, and the basis of the introspection response. */
interface Introspected {
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
  readonly iat?: number | undefined
  readonly scope?: string | undefined
  /** The resource of a refresh token. */
  readonly resource?: unknown
  aud?: unknown
  extra?: unknown
}

export interface IntrospectionPorts {
  readonly accounts: AccountStore
  readonly apiAccess: ApiAccessReader
  readonly pairwise: PairwiseIdentifier
}

interface LibraryClient {
  readonly clientId: string
}

/**
 * Clients may introspect their own tokens and tokens for APIs that they serve. Tokens are inactive if the user may no longer
 * sign in or use the client, or if the client lost access to the API. As the API contract requires, the response contains the
 * audience as an array and the subject also as `username`.
 */
export function introspectionPolicy({ accounts, apiAccess, pairwise }: IntrospectionPorts) {
  const servesApi = async (asking: string, { aud, clientId = '', accountId, iat = 0 }: Introspected) => {
    if (typeof aud !== 'string') return asking === clientId
    const found = await apiAccess.find(aud, clientId, accountId === undefined ? 'client' : 'user')
    // An API recreated with the same identifier is a different API.
    if (!found || iat < Math.floor(found.api.createdAt / 1000)) return false
    return asking === clientId || found.api.resourceServerClientIds.includes(asking)
  }
  const isEntitledTo = async (accountId: string, holder: LibraryClient) => {
    const account = await accounts.find(accountId)
    if (account === undefined || account.disabled) return false
    const groupIds = account.groups.map(({ id }) => id)
    return isAllowedToUse(extras(holder).pocket_access, groupIds)
  }
  return async ({ oidc }: KoaContextWithOIDC, client: LibraryClient, token: Introspected): Promise<boolean> => {
    if (!(await servesApi(client.clientId, token))) return false
    const { accountId, clientId = '', scope = '' } = token
    if (accountId !== undefined) {
      const holder = clientId === client.clientId ? client : await oidc.provider.Client.find(clientId)
      if (!holder || !(await isEntitledTo(accountId, holder))) return false
      const username = subjectFor(pairwise, accountId, holder)
      token.extra = { ...(token.extra ?? {}), username }
    }
    const reader = [token.aud ?? token.resource ?? clientId].flat()[0]
    token.aud = audienceOf(String(reader), scope.split(' '), oidc.provider.issuer)
    return true
  }
}

/**
 * Responds with a challenge to requests without credentials (RFC 7662 §2.3). The library responds `invalid_request`, and
 * accepts a public client's ID as authentication, so that anyone could test tokens (§2.1).
 */
export function demandCredentials(provider: Provider): void {
  // A bearer token that belongs to no client does not authenticate either.
  const hasNone = (authorization: string) => /^(bearer\b|$)/i.test(authorization)
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'introspection') return
    const { client } = ctx.oidc
    const isUnproven = client ? client.clientAuthMethod === 'none' && !isProven(ctx.req) : ctx.status === 400
    if (!isUnproven || !hasNone(ctx.get('authorization'))) return
    ctx.status = 401
    ctx.type = 'json'
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"')
    ctx.body = { error: 'invalid_client', error_description: 'client authentication is required' }
  })
}
