import type { Account, AccountGroup } from '../accounts/account.ts'
import type { Client } from './client.ts'

/** The reason in an `access_denied` error. */
export const notAllowedReason = 'the account is in none of the groups that may use this client'

/** The reason in an `access_denied` error if a second passkey would give access. */
export const secondPasskeyReason = 'the account needs a second passkey to use this client'

/** How many passkeys a group with `requiresTwoPasskeys` requires. */
const requiredPasskeys = 2

type Restriction = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>

/** Why the groups of an account give no access. */
export type AccessProblem = 'not_in_groups' | 'second_passkey'

/** The passkeys of an account, of which only the number is used. */
interface PasskeyLister {
  listByAccount(accountId: string): Promise<readonly unknown[]>
}

/** Whether the change may revoke the access of a user. */
export function isMoreRestrictive(after: Restriction, before: Restriction): boolean {
  if (!after.isGroupRestricted) return false
  return !before.isGroupRestricted || before.allowedGroupIds.some((id) => !after.allowedGroupIds.includes(id))
}

/**
 * Whether members of these groups may use the client. `accessProblem` decides about an account, which may also need a second
 * passkey.
 *
 * @example
 * ```ts
 * const usable = clients.filter((client) => isAllowedToUse(client, groupIds))
 * ```
 */
export function isAllowedToUse(
  { isGroupRestricted, allowedGroupIds }: Restriction,
  groupIds: readonly string[],
): boolean {
  return !isGroupRestricted || groupIds.some((id) => allowedGroupIds.includes(id))
}

/**
 * Why the account may not use the client; `undefined` if it may.
 *
 * @example
 * ```ts
 * const problem = await accessProblem(client, account, stores.passkeys)
 * ```
 */
export async function accessProblem(
  { isGroupRestricted, allowedGroupIds }: Restriction,
  account: Pick<Account, 'id' | 'groups'>,
  passkeys: PasskeyLister,
): Promise<AccessProblem | undefined> {
  return isGroupRestricted ? groupProblem(account, ({ id }) => allowedGroupIds.includes(id), passkeys) : undefined
}

/** Why no group grants access to this account. Reads the passkeys only if they decide. */
export async function groupProblem(
  { id, groups }: Pick<Account, 'id' | 'groups'>,
  grants: (group: AccountGroup) => boolean,
  passkeys: PasskeyLister,
): Promise<AccessProblem | undefined> {
  const grantingGroups = groups.filter(grants)
  if (grantingGroups.length === 0) return 'not_in_groups'
  if (grantingGroups.some(({ requiresTwoPasskeys }) => !requiresTwoPasskeys)) return undefined
  return (await passkeys.listByAccount(id)).length < requiredPasskeys ? 'second_passkey' : undefined
}
