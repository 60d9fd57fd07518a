import type { Client } from './client.ts'

/** Whether somebody in these groups may use the client. */
export function mayUse(
  { isGroupRestricted, allowedGroupIds }: Pick<Client, 'isGroupRestricted' | 'allowedGroupIds'>,
  groupIds: readonly string[],
): boolean {
  return !isGroupRestricted || groupIds.some((id) => allowedGroupIds.includes(id))
}
