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

/** Counts the passkeys with which an account can sign in. */
export type CountPasskeys = (accountId: string) => Promise<number>

/** Whether the change may revoke the access of a user. */
export function isMoreRestrictive(after: Restriction, before: Restriction): boolean {
  if (!after.isGroupRestricted) return false
  return !before.isGroupRestricted || before.allowedGroupIds.some((id) => !after.allowedGroupIds.includes(id))
}

/**
 * Whether members of these groups may use the client. `accessProblem` decides about an account, which may also need a second
 * passkey.
 */
export function isAllowedToUse(
  { isGroupRestricted, allowedGroupIds }: Restriction,
  groupIds: readonly string[],
): boolean {
  return !isGroupRestricted || groupIds.some((id) => allowedGroupIds.includes(id))
}

/** Why the account may not use the client; `undefined` if it may. */
export async function accessProblem(
  { isGroupRestricted, allowedGroupIds }: Restriction,
  account: Pick<Account, 'id' | 'groups'>,
  countPasskeys: CountPasskeys,
): Promise<AccessProblem | undefined> {
  return isGroupRestricted ? groupProblem(account, ({ id }) => allowedGroupIds.includes(id), countPasskeys) : undefined
}

/** Why no group grants access to this account. Counts the passkeys only if they decide. */
export async function groupProblem(
  { id, groups }: Pick<Account, 'id' | 'groups'>,
  grants: (group: AccountGroup) => boolean,
  countPasskeys: CountPasskeys,
): Promise<AccessProblem | undefined> {
  const grantingGroups = groups.filter(grants)
  if (grantingGroups.length === 0) return 'not_in_groups'
  if (grantingGroups.some(({ requiresTwoPasskeys }) => !requiresTwoPasskeys)) return undefined
  return (await countPasskeys(id)) < requiredPasskeys ? 'second_passkey' : undefined
}
