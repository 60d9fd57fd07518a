import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ClientStore } from '../clients/client-store.ts'
import type { Clock } from '../clock.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { extras } from './client-metadata.ts'
import { consentKeys, requestedAtApis } from './resources.ts'

export interface ConsentRecordPorts {
  readonly consents: ConsentStore
  readonly clients: ClientStore
  readonly clock: Clock
}

/**
 * Remembers each authorization before it is answered: what the client may know, also where nobody was asked; when the
 * person used it; and that it can do PKCE.
 */
export function recordAuthorizations(provider: Provider, { consents, clients, clock }: ConsentRecordPorts): void {
  const authorized = new WeakSet<object>()
  // The library does not wait for its listeners, so this one only marks the request.
  provider.on('authorization.success', (ctx: KoaContextWithOIDC) => authorized.add(ctx.req))
  provider.use(async (ctx, next) => {
    await next()
    if (!authorized.has(ctx.req)) return
    const { client, account, grant, params, requestParamOIDCScopes } = ctx.oidc
    if (!client || !account || !grant) return
    const scopes = grant.getOIDCScopeFiltered(requestParamOIDCScopes).split(' ').filter(Boolean)
    const atApis = consentKeys(requestedAtApis(ctx.oidc))
    await consents.allow(account.accountId, client.clientId, [...scopes, ...atApis], clock.now())
    const { pocket_pkce_required: required, pocket_pkce_supported: supported } = extras(client)
    if (params?.code_challenge !== undefined && !required && !supported) await clients.notePkce(client.clientId)
  })
}
