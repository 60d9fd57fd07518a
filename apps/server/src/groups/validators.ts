import type { GroupDetails, GroupWithClaims, Membership } from '@pocket/directory'
import { validatorOf } from '../http/api/precondition.ts'

/** Changes with the group, its claims, its members and the clients that allow it, but not with their names. */
export function groupValidator({ members, ...group }: GroupDetails, allowedClientIds: readonly string[]): string {
  return validatorOf([group, members.map(({ id }) => id).sort(), [...allowedClientIds].sort()])
}

/** Changes with the group and its claims. Pages use it, because they do not show every member. */
export function groupRecordValidator(group: GroupWithClaims): string {
  const { id, name, friendlyName, createdAt, claims, requiresTwoPasskeys } = group
  return validatorOf([{ id, name, friendlyName, createdAt, claims, requiresTwoPasskeys }])
}

/** Changes with the end of a membership. */
export function membershipValidator({ groupId, userId, endsAt }: Membership): string {
  return validatorOf([groupId, userId, endsAt])
}
