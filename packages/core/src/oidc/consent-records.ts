import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Consent } from '../consents/consent.ts'
import type { ResponseStep } from './after-response.ts'
import { extras } from './client-metadata.ts'
import { lockGrant } from './grant-destruction.ts'
import type { ProviderContext } from './provider-context.ts'
import { consentKeys, listApiScopes } from './resources.ts'

const firstAuthorizations = new WeakSet<object>()

/** The consent to the client of an authorization request, as the request has read it. */
const readConsents = new WeakMap<object, Consent>()

export function keepReadConsent({ req }: Pick<KoaContextWithOIDC, 'req'>, consent: Consent | undefined): void {
  if (consent) readConsents.set(req, consent)
}

/** Whether the request has authorized scopes that the account had not consented to: the client needs no consent page. */
export function isFirstAuthorization({ req }: Pick<KoaContextWithOIDC, 'req'>): boolean {
  return firstAuthorizations.has(req)
}

/**
 * Records each authorization before the response is sent: the consent, even if it was implicit; the time of use; and whether
 * the client supports PKCE.
 */
export function recordAuthorizations(provider: Provider, context: ProviderContext): ResponseStep {
  const { artifacts, consents, clients, transaction } = context.stores
  const authorized = new WeakSet<object>()
  // The library does not await its listeners, so this one only marks the request.
  provider.on('authorization.success', (ctx: KoaContextWithOIDC) => authorized.add(ctx.req))
  provider.on('authorization.error', (ctx: KoaContextWithOIDC) => authorized.delete(ctx.req))
  const record = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { client, account, grant, params, requestParamOIDCScopes } = ctx.oidc
    if (!client || !account || !grant) return
    const now = context.clock.now()
    const scopes = grant.getOIDCScopeFiltered(requestParamOIDCScopes).split(' ').filter(Boolean)
    const keys = [...scopes, ...consentKeys(listApiScopes(ctx.oidc))]
    // The withdrawal of a consent since it was read has revoked the grant as well.
    const consent = readConsents.get(ctx.req) ?? (await consents.find(account.accountId, client.clientId))
    if (consent && keys.every((key) => consent.scopes.includes(key)))
      await consents.recordUse(account.accountId, client.clientId, now)
    else
      await transaction(async () => {
        // Lock the grant, so that a concurrent withdrawal of the consent is not undone.
        if (!(await lockGrant(artifacts, grant.jti))) return
        await consents.allow(account.accountId, client.clientId, keys, now)
        firstAuthorizations.add(ctx.req)
      })
    const { pocket_pkce_required: required, pocket_pkce_supported: supported } = extras(client)
    if (params?.code_challenge !== undefined && !required && !supported)
      await clients.recordPkceSupport(client.clientId)
  }
  return (ctx) => (authorized.has(ctx.req) ? record(ctx) : undefined)
}
