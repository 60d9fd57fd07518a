import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { findAccount } from '../accounts/eligibility.ts'
import { mayUse } from '../clients/group-restriction.ts'
import { extras } from './client-metadata.ts'

interface Introspected {
  readonly clientId?: string | undefined
  readonly accountId?: string | undefined
}

/** A client learns about its own tokens only, and the token of somebody who may not sign in or use it any more is not active. */
export function introspectionPolicy(accounts: AccountStore) {
  return async (
    _ctx: KoaContextWithOIDC,
    client: { readonly clientId: string },
    token: Introspected,
  ): Promise<boolean> => {
    if (token.clientId !== client.clientId) return false
    if (token.accountId === undefined) return true
    const account = await findAccount(accounts, token.accountId)
    if (account === undefined || account.disabled) return false
    return mayUse(
      extras(client).pocket_access,
      account.groups.map(({ id }) => id),
    )
  }
}

/** Who asks without credentials is asked for them (RFC 7662 §2.3); the library calls it a malformed request. */
export function demandCredentials(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'introspection' || ctx.status !== 400 || ctx.oidc.client || ctx.get('authorization')) return
    ctx.status = 401
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"')
    ctx.body = { error: 'invalid_client', error_description: 'client authentication is required' }
  })
}
