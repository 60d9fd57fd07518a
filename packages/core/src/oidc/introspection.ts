import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import type { ApiAccessReader } from '../apis/access.ts'
import { isAllowedToUse } from '../clients/group-restriction.ts'
import { audienceOf } from './access-token-claims.ts'
import { isProven } from './client-authentication/proofs.ts'
import { extras } from './client-metadata.ts'
import { type PairwiseIdentifier, subjectFor } from './pairwise.ts'

/** A token as the library has it, and says afterwards what it holds. */
interface Introspected {
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
  readonly iat?: number | undefined
  readonly scope?: string | undefined
  /** Of a refresh token: what it makes access tokens for. */
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
 * A client learns about its own tokens, and about those that were issued for an API that it serves. The token of somebody who
 * may not sign in or use the client any more is not active, nor is one for an API that the client has lost. The answer has
 * the audience as a list and the subject as the user name too, as programs for the contract read it.
 */
export function introspectionPolicy({ accounts, apiAccess, pairwise }: IntrospectionPorts) {
  const servesApi = async (asking: string, { aud, clientId = '', accountId, iat = 0 }: Introspected) => {
    if (typeof aud !== 'string') return asking === clientId
    const found = await apiAccess.find(aud, clientId, accountId === undefined ? 'client' : 'user')
    // One that was made anew under the same address is another API.
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
 * Who asks without credentials is asked for them (RFC 7662 §2.3); the library calls it a malformed request, and takes the name
 * of a public client for one, by which anybody could try tokens (§2.1).
 */
export function demandCredentials(provider: Provider): void {
  // A token that stands for no client is no credential either.
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
