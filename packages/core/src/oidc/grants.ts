import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { isAllowedToUse } from '../clients/group-restriction.ts'
import { isApiConsentKey } from '../consents/consent-key.ts'
import type { ConsentStore } from '../consents/consent-store.ts'
import { ConfigurationError } from '../errors.ts'
import { groupIdsOf } from './accounts.ts'
import { extras } from './client-metadata.ts'
import { listGrant, SessionEnded, sessionEndedError } from './overrides/session-writes.ts'
import { claimsAskedFor, scopesBehindClaims } from './requested-claims.ts'
import { consentKeys, type RequestedAtApi, requestedAtApis } from './resources.ts'
import { replaceStored } from './stored-payload.ts'

type Grant = InstanceType<Provider['Grant']>

/**
 * Finds the user's grant for this client, or recreates it from the stored consent, which outlives sessions and replayed codes.
 * Some clients need no consent. A new grant is added to the stored session before anything is issued under it, so that ending
 * the session revokes it.
 */
export function createGrantLoader(consents: ConsentStore) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, session, provider, prompts, params, requestParamOIDCScopes } = ctx.oidc
    if (!client || !account || !session)
      throw new ConfigurationError('A grant was asked for without a client, an account or a session.')
    const { clientId } = client
    const claims = claimsAskedFor(params?.claims)
    const atApis = requestedAtApis(ctx.oidc)
    const requested = [...new Set([...requestParamOIDCScopes, ...scopesBehindClaims(params?.claims)])]
    const needed = [...requested, ...consentKeys(atApis)]
    // RFC 6749 §3.3; the library would respond with `access_denied`.
    if (needed.length === 0) throw new errors.InvalidScope('no scope was requested that is known here', '')
    const find = async () => {
      const grantId = session.authorizations?.[clientId]?.grantId
      return grantId === undefined ? undefined : provider.Grant.find(grantId)
    }
    const list = async (grant: Grant) => {
      try {
        await grant.save()
        if (await listGrant(session, clientId, grant.jti)) return true
        await grant.destroy()
        return false
      } catch (error) {
        await grant.destroy()
        throw error instanceof SessionEnded ? sessionEndedError(ctx) : error
      }
    }
    // Retry if a concurrent authorization of this client was first, and use its grant.
    for (;;) {
      const present = await find()
      if (present && holds(present, { scopes: requested, claims, atApis })) return present
      const { pocket_skip_consent: skipConsent, pocket_access: access } = extras(client)
      const unasked = skipConsent && !prompts.has('consent') && isAllowedToUse(access, groupIdsOf(account))
      const consent = await consents.find(account.accountId, clientId)
      const allowed = new Set([...(consent?.scopes ?? []), ...(unasked ? needed : [])])
      if (!needed.every((key) => allowed.has(key))) return undefined
      const grant = present ?? new provider.Grant({ accountId: account.accountId, clientId })
      grant.addOIDCScope([...allowed].filter((scope) => !isApiConsentKey(scope)))
      if (claims.length > 0) grant.addOIDCClaims([...claims])
      for (const { indicator, scopes } of atApis) if (scopes.length > 0) grant.addResourceScope(indicator, [...scopes])
      // Extend the existing grant, so that ending the session revokes everything issued in it.
      if (await (present ? replaceStored(grant) : list(grant))) return grant
    }
  }
}

/** Locks the grant until the enclosing transaction ends. Returns `false` if the grant is gone. */
export async function lockGrant(provider: Provider, grantId: string): Promise<boolean> {
  for (;;) {
    const grant = await provider.Grant.find(grantId)
    if (!grant) return false
    if (await replaceStored(grant)) return true
  }
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
