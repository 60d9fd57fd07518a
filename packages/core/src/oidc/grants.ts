import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { accessProblem } from '../clients/group-restriction.ts'
import { isApiConsentKey } from '../consents/consent-key.ts'
import type { CoreContext } from '../context.ts'
import { ConfigurationError } from '../errors.ts'
import { getAccount } from './accounts.ts'
import { extras } from './client-metadata.ts'
import { keepReadConsent } from './consent-records.ts'
import { addGrantToSession, sessionEndedError } from './overrides/session-writes.ts'
import { requestedClaimNames, scopesForClaims } from './requested-claims.ts'
import { consentKeys, listApiScopes, type RequestedApiScopes } from './resources.ts'
import { replaceStored, SessionEnded } from './stored-payload.ts'

type Grant = InstanceType<Provider['Grant']>

/**
 * Finds the user's grant for this client, or recreates it from the stored consent, which outlives sessions and replayed codes.
 * Some clients need no consent. A new grant is added to the stored session before anything is issued under it, so that ending
 * the session revokes it.
 */
export function createGrantLoader({ stores, countPasskeys }: Pick<CoreContext, 'stores' | 'countPasskeys'>) {
  const { consents } = stores
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, session, provider, prompts, params, requestParamOIDCScopes } = ctx.oidc
    if (!client || !account || !session)
      throw new ConfigurationError('A grant was requested without a client, an account or a session.')
    const { clientId } = client
    const claims = requestedClaimNames(params?.claims)
    const apiScopes = listApiScopes(ctx.oidc)
    const requested = [...new Set([...requestParamOIDCScopes, ...scopesForClaims(params?.claims)])]
    const requiredKeys = [...requested, ...consentKeys(apiScopes)]
    const find = async () => {
      const grantId = session.authorizations?.[clientId]?.grantId
      return grantId === undefined ? undefined : provider.Grant.find(grantId)
    }
    const addToSession = async (grant: Grant) => {
      try {
        await grant.save()
        if (await addGrantToSession(session, clientId, grant.jti)) return true
        await grant.destroy()
        return false
      } catch (error) {
        await grant.destroy()
        throw error instanceof SessionEnded ? sessionEndedError(ctx) : error
      }
    }
    // Retry if a concurrent authorization of this client was first, and use its grant.
    for (;;) {
      // Read together, because every authorization needs the consent later.
      const [existing, consent] = await Promise.all([find(), consents.find(account.accountId, clientId)])
      keepReadConsent(ctx, consent)
      if (existing && coversRequest(existing, { scopes: requested, claims, apiScopes })) return existing
      const { pocket_skip_consent: skipConsent, pocket_access: access } = extras(client)
      const needsNoConsent = skipConsent && !prompts.has('consent')
      const isImplied = needsNoConsent && !(await accessProblem(access, getAccount(account), countPasskeys))
      const allowed = new Set([...(consent?.scopes ?? []), ...(isImplied ? requiredKeys : [])])
      const isAllowed = (key: string) => allowed.has(key)
      // A request without scopes needs consent too, because a token names the user.
      const hasConsent = requiredKeys.length === 0 ? consent !== undefined || isImplied : requiredKeys.every(isAllowed)
      if (!hasConsent) return undefined
      const grant = existing ?? new provider.Grant({ accountId: account.accountId, clientId })
      grant.addOIDCScope([...allowed].filter((scope) => !isApiConsentKey(scope)))
      if (claims.length > 0) grant.addOIDCClaims([...claims])
      for (const { indicator, scopes } of apiScopes)
        if (scopes.length > 0) grant.addResourceScope(indicator, [...scopes])
      // Extend the existing grant, so that ending the session revokes everything issued in it.
      if (await (existing ? replaceStored(grant) : addToSession(grant))) return grant
    }
  }
}

interface GrantRequest {
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  readonly apiScopes: readonly RequestedApiScopes[]
}

function coversRequest(grant: Grant, { scopes, claims, apiScopes }: GrantRequest): boolean {
  const includesAll = (granted: readonly string[], requested: readonly string[]) => {
    const all = new Set(granted)
    return requested.every((name) => all.has(name))
  }
  return (
    includesAll(grant.getOIDCScope().split(' '), scopes) &&
    includesAll(grant.getOIDCClaims(), claims) &&
    apiScopes.every(
      ({ indicator, scopes: requested, startedAt }) =>
        // An older grant may concern a removed API that had this resource, so the consent decides.
        (grant.iat ?? 0) >= startedAt &&
        requested.length > 0 &&
        includesAll(grant.getResourceScope(indicator).split(' '), requested),
    )
  )
}
