import type Provider from 'oidc-provider'
import { type AdapterPayload, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { mayUse } from '../clients/group-restriction.ts'
import { isApiConsentKey } from '../consents/consent-key.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { Misconfigured } from '../errors.ts'
import { groupIdsOf } from './accounts.ts'
import { extras } from './client-metadata.ts'
import { claimsAskedFor, scopesBehindClaims } from './requested-claims.ts'
import { consentKeys, type RequestedAtApi, requestedAtApis } from './resources.ts'
import type { SessionAdapter } from './session-overrides.ts'

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
    const atApis = requestedAtApis(ctx.oidc)
    const requested = [...new Set([...requestParamOIDCScopes, ...scopesBehindClaims(params?.claims)])]
    const needed = [...requested, ...consentKeys(atApis)]
    // RFC 6749 §3.3; the library would say that access was denied.
    if (needed.length === 0) throw new errors.InvalidScope('no scope was requested that is known here', '')
    const grantId = session.grantIdFor(client.clientId)
    const present = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    if (present && holds(present, { scopes: requested, claims, atApis })) return present
    const { pocket_skip_consent: skipConsent, pocket_access: access } = extras(client)
    const unasked = skipConsent && !prompts.has('consent') && mayUse(access, groupIdsOf(account))
    const consent = await consents.find(account.accountId, client.clientId)
    const allowed = new Set([...(consent?.scopes ?? []), ...(unasked ? needed : [])])
    if (!needed.every((key) => allowed.has(key))) return undefined
    const widen = (grant: Grant) => {
      grant.addOIDCScope([...allowed].filter((scope) => !isApiConsentKey(scope)))
      if (claims.length > 0) grant.addOIDCClaims([...claims])
      for (const { indicator, scopes } of atApis) if (scopes.length > 0) grant.addResourceScope(indicator, [...scopes])
      return grant
    }
    // A grant that is there is widened, so that whoever ends it ends all that was given in this session.
    if (present && (await saveInPlace(widen(present)))) return present
    const grant = widen(new provider.Grant({ accountId: account.accountId, clientId: client.clientId }))
    await grant.save()
    return grant
  }
}

/** What the library's grant has beside its types. */
interface GrantInternals {
  readonly adapter: { readonly replace?: SessionAdapter['replace'] }
  readonly remainingTTL: number
  getValueAndPayload(): Promise<{ readonly payload: AdapterPayload }>
}

/**
 * Returns `false`, and writes nothing, where somebody has ended the grant meanwhile. Stored as the library does it, it would
 * come back, and what was just being given under it would live.
 */
async function saveInPlace(grant: Grant): Promise<boolean> {
  // A cast, since the library's types know less of a grant than there is.
  const stored = grant as Grant & GrantInternals
  if (typeof stored.adapter.replace !== 'function')
    throw new Misconfigured('This version of oidc-provider stores grants in another way: it cannot be used.')
  const { payload } = await stored.getValueAndPayload()
  return stored.adapter.replace(grant.jti, { id: grant.jti, payload, expiresIn: stored.remainingTTL })
}

interface Wanted {
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  readonly atApis: readonly RequestedAtApi[]
}

function holds(grant: Grant, { scopes, claims, atApis }: Wanted): boolean {
  const covered = (held: readonly string[], wanted: readonly string[]) => {
    const all = new Set(held)
    return wanted.every((name) => all.has(name))
  }
  return (
    covered(grant.getOIDCScope().split(' '), scopes) &&
    covered(grant.getOIDCClaims(), claims) &&
    atApis.every(
      ({ indicator, scopes: wanted }) =>
        wanted.length > 0 && covered(grant.getResourceScope(indicator).split(' '), wanted),
    )
  )
}
