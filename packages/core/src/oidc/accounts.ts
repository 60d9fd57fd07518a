import type Provider from 'oidc-provider'
import { errors, type FindAccount, type Account as LibraryAccount } from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import type { AccountStore } from '../accounts/account-store.ts'
import type { RunAccessChecks } from '../clients/access-checks.ts'
import type { MakeClaims } from '../clients/claim-maker.ts'
import { isAllowedToUse, notAllowedReason } from '../clients/group-restriction.ts'
import { claimsClient, extras, policyClient } from './client-metadata.ts'
import { revokeGrant } from './logout.ts'

/**
 * The library's view of an account. One that is disabled is none, and one that may not use the client any more is none
 * to whatever the client was given before; the token endpoint ends all of it (RFC 6749 §5.2), and does so where a check of
 * the host's refuses a refresh.
 */
export function createFindAccount(
  accounts: AccountStore,
  makeClaims: MakeClaims,
  runAccessChecks: RunAccessChecks,
): FindAccount {
  return async ({ oidc }, id, token) => {
    const found = await accounts.find(id)
    if (!found || found.disabled) return undefined
    const groupIds = found.groups.map((group) => group.id)
    if (token && oidc.client && !isAllowedToUse(extras(oidc.client).pocket_access, groupIds)) {
      if (oidc.route !== 'token') return undefined
      await endGrant(oidc.provider, token, notAllowedReason)
    }
    if (token?.kind === 'RefreshToken' && oidc.client) {
      const { acr = '0', amr = [], authTime = 0, scopes } = token
      const decision = await runAccessChecks({
        occasion: 'refresh',
        account: found,
        client: policyClient(oidc.client),
        scopes: [...scopes],
        session: { acr, amr, authTime },
        acrValues: [],
      })
      if (decision && 'refuse' in decision.answer)
        await endGrant(oidc.provider, token, `the check ${decision.check} does not let the account use this client`)
    }
    return {
      accountId: id,
      groupIds,
      found,
      async claims(_use, scope, claims, rejected) {
        const request = { scopes: scope.split(' '), names: Object.keys(claims), rejected }
        // The library makes the subject of it.
        return { ...(await makeClaims(found, claimsClient(oidc.client), request)), sub: id }
      },
    }
  }
}

/** Whoever may use the client again is to ask again, rather than find what an old device still holds. */
async function endGrant(
  provider: Provider,
  { grantId }: { readonly grantId?: string | undefined },
  reason: string,
): Promise<never> {
  if (grantId !== undefined) await revokeGrant(provider, grantId)
  throw new errors.InvalidGrant(reason)
}

/** The groups of an account that `createFindAccount` found. */
export function groupIdsOf({ groupIds }: LibraryAccount): readonly string[] {
  return Array.isArray(groupIds) ? groupIds : []
}

/** The account itself, which `createFindAccount` found. */
export function accountOf({ found }: LibraryAccount): Account {
  // A cast, since the library's type knows members of any kind; ours is made above.
  return found as Account
}
