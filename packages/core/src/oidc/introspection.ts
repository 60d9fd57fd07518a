import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { findAccount } from '../accounts/eligibility.ts'
import type { ApiAccessReader } from '../apis/access.ts'
import { mayUse } from '../clients/group-restriction.ts'
import { extras } from './client-metadata.ts'

interface Introspected {
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
  readonly iat?: number | undefined
  readonly aud?: unknown
}

export interface IntrospectionPorts {
  readonly accounts: AccountStore
  readonly apiAccess: ApiAccessReader
}

/**
 * A client learns about its own tokens, and about those that were issued for an API that it serves. The token of somebody who
 * may not sign in or use the client any more is not active, nor is one for an API that the client has lost.
 */
export function introspectionPolicy({ accounts, apiAccess }: IntrospectionPorts) {
  const servesApi = async (asking: string, { aud, clientId = '', accountId, iat = 0 }: Introspected) => {
    if (typeof aud !== 'string') return asking === clientId
    const found = await apiAccess.find(aud, clientId, accountId === undefined ? 'client' : 'user')
    // One that was made anew under the same address is another API.
    if (!found || iat < Math.floor(found.api.createdAt / 1000)) return false
    return asking === clientId || found.api.resourceServerClientIds.includes(asking)
  }
  return async (
    { oidc }: KoaContextWithOIDC,
    client: { readonly clientId: string },
    token: Introspected,
  ): Promise<boolean> => {
    if (!(await servesApi(client.clientId, token))) return false
    if (token.accountId === undefined) return true
    const account = await findAccount(accounts, token.accountId)
    if (account === undefined || account.disabled) return false
    const holder = token.clientId === client.clientId ? client : await oidc.provider.Client.find(token.clientId ?? '')
    if (!holder) return false
    return mayUse(
      extras(holder).pocket_access,
      account.groups.map(({ id }) => id),
    )
  }
}

/** Who asks without credentials is asked for them (RFC 7662 §2.3); the library calls it a malformed request. */
export function demandCredentials(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'introspection' || ctx.status !== 400 || ctx.oidc.client) return
    // A token that stands for no client is no credential either.
    if (!/^(bearer\b|$)/i.test(ctx.get('authorization'))) return
    ctx.status = 401
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"')
    ctx.body = { error: 'invalid_client', error_description: 'client authentication is required' }
  })
}
