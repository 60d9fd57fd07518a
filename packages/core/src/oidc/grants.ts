import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { mayUse } from '../clients/group-restriction.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { Misconfigured } from '../errors.ts'
import { groupIdsOf } from './accounts.ts'
import { extras } from './client-metadata.ts'
import { claimsAskedFor, scopesBehindClaims } from './requested-claims.ts'

type Grant = InstanceType<Provider['Grant']>

/**
 * Finds what the person has allowed this client, or makes it from the consent that we keep: a grant may die with a
 * session or a replayed code, what a person decided does not. Some clients need not ask.
 */
export function createGrantLoader(consents: ConsentStore) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, session, provider, prompts, params, requestParamOIDCScopes } = ctx.oidc
    if (!client || !account || !session)
      throw new Misconfigured('A grant was asked for without a client, an account or a session.')
    const claims = claimsAskedFor(params?.claims)
    const requested = [...new Set([...requestParamOIDCScopes, ...scopesBehindClaims(params?.claims)])]
    const grantId = session.grantIdFor(client.clientId)
    const present = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    if (requested.length === 0) return present
    if (present && allows(present, requested, claims)) return present
    const { pocket_skip_consent: skipConsent, pocket_access: access } = extras(client)
    const unasked = skipConsent && !prompts.has('consent') && mayUse(access, groupIdsOf(account))
    const consent = await consents.find(account.accountId, client.clientId)
    const allowed = new Set([...(consent?.scopes ?? []), ...(unasked ? requested : [])])
    if (!covers([...allowed], requested)) return undefined
    // A grant that is there is widened, so that whoever ends it ends all that was given in this session.
    const grant = present ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
    grant.addOIDCScope([...allowed])
    if (claims.length > 0) grant.addOIDCClaims([...claims])
    await grant.save()
    return grant
  }
}

function allows(grant: Grant, scopes: readonly string[], claims: readonly string[]): boolean {
  return covers(grant.getOIDCScope().split(' '), scopes) && covers(grant.getOIDCClaims(), claims)
}

function covers(allowed: readonly string[], requested: readonly string[]): boolean {
  return requested.every((name) => allowed.includes(name))
}
