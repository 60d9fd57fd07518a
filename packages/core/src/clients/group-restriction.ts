import type { Client } from './client.ts'

/** Why a client learns `access_denied`. */
export const notAllowedReason = 'the account is in none of the groups that may use this client'

/** Whether somebody in these groups may use the client. */
export function mayUse(
  { isGroupRestricted, allowedGroupIds }: Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>,
  groupIds: readonly string[],
): boolean {
  return !isGroupRestricted || groupIds.some((id) => allowedGroupIds.includes(id))
}
