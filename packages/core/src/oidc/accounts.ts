import { type Account, errors, type FindAccount } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { findAccount } from '../accounts/eligibility.ts'
import { claimsFor } from '../clients/claims.ts'
import { mayUse } from '../clients/group-restriction.ts'
import { defaultProtocol } from '../clients/protocol.ts'
import { extras } from './client-metadata.ts'

/**
 * The library's view of an account. One that is disabled is none, and one that may not use the client any more is none
 * to whatever the client was given before.
 */
export function createFindAccount(accounts: AccountStore): FindAccount {
  return async ({ oidc }, id, token) => {
    const found = await findAccount(accounts, id)
    if (!found || found.disabled) return undefined
    const groupIds = found.groups.map((group) => group.id)
    if (token && oidc.client && !mayUse(extras(oidc.client).pocket_access, groupIds)) {
      if (oidc.route === 'token')
        throw new errors.AccessDenied('the account is in none of the groups that may use this client')
      return undefined
    }
    return {
      accountId: id,
      groupIds,
      async claims(_use, scope, claims, rejected) {
        const settings = oidc.client ? extras(oidc.client).pocket_protocol : defaultProtocol
        const request = { scopes: scope.split(' '), names: Object.keys(claims), rejected }
        return { ...claimsFor(found, settings, request), sub: id }
      },
    }
  }
}

/** The groups of an account that `createFindAccount` found. */
export function groupIdsOf({ groupIds }: Account): readonly string[] {
  return Array.isArray(groupIds) ? groupIds : []
}
