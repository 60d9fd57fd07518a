import { errors, type FindAccount, type Account as LibraryAccount } from 'oidc-provider'
import type { Account } from '../accounts/account.ts'
import type { AccountStore } from '../accounts/account-store.ts'
import type { MakeClaims } from '../clients/claim-maker.ts'
import { mayUse, notAllowedReason } from '../clients/group-restriction.ts'
import { extras, toldClient } from './client-metadata.ts'
import { revokeGrant } from './logout.ts'

/**
 * The library's view of an account. One that is disabled is none, and one that may not use the client any more is none
 * to whatever the client was given before; the token endpoint ends all of it (RFC 6749 §5.2).
 */
export function createFindAccount(accounts: AccountStore, makeClaims: MakeClaims): FindAccount {
  return async ({ oidc }, id, token) => {
    const found = await accounts.find(id)
    if (!found || found.disabled) return undefined
    const groupIds = found.groups.map((group) => group.id)
    if (token && oidc.client && !mayUse(extras(oidc.client).pocket_access, groupIds)) {
      if (oidc.route !== 'token') return undefined
      // Whoever comes back into the group is to ask again, rather than find what an old device still holds.
      if (token.grantId !== undefined) await revokeGrant(oidc.provider, token.grantId)
      throw new errors.InvalidGrant(notAllowedReason)
    }
    return {
      accountId: id,
      groupIds,
      found,
      async claims(_use, scope, claims, rejected) {
        const request = { scopes: scope.split(' '), names: Object.keys(claims), rejected }
        // The library makes the subject of it.
        return { ...(await makeClaims(found, toldClient(oidc.client), request)), sub: id }
      },
    }
  }
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
