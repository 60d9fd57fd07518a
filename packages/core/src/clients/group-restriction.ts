import type { Client } from './client.ts'

/** Why a client learns `access_denied`. */
export const notAllowedReason = 'the account is in none of the groups that may use this client'

type Restriction = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>

/** Whether there may be somebody who could use the client and may not any more. */
export function isNarrower(after: Restriction, before: Restriction): boolean {
  if (!after.isGroupRestricted) return false
  return !before.isGroupRestricted || before.allowedGroupIds.some((id) => !after.allowedGroupIds.includes(id))
}

/** Whether somebody in these groups may use the client. */
export function isAllowedToUse(
  { isGroupRestricted, allowedGroupIds }: Restriction,
  groupIds: readonly string[],
): boolean {
  return !isGroupRestricted || groupIds.some((id) => allowedGroupIds.includes(id))
}
