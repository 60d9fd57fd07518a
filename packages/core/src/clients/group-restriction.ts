import type { Client } from './client.ts'

/** The reason in an `access_denied` error. */
export const notAllowedReason = 'the account is in none of the groups that may use this client'

type Restriction = Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>

/** Whether the change may revoke the access of a user. */
export function isMoreRestrictive(after: Restriction, before: Restriction): boolean {
  if (!after.isGroupRestricted) return false
  return !before.isGroupRestricted || before.allowedGroupIds.some((id) => !after.allowedGroupIds.includes(id))
}

/**
 * Whether members of these groups may use the client.
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
