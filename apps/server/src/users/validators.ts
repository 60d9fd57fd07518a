import type { GroupDetails, GroupWithClaims, Membership, UserDetails } from '@pocket/directory'
import { validatorOf } from '../http/api/precondition.ts'

/** Changes with the user, with the claims, and with the groups they are in. */
export function userValidator({ groups, updatedAt: _, ...user }: UserDetails): string {
  return validatorOf([user, groups.map(({ id }) => id)])
}

/** Changes with the group, with the claims, with its members and with the clients that allow it, whatever they are called. */
export function groupValidator({ members, ...group }: GroupDetails, allowedClientIds: readonly string[]): string {
  return validatorOf([group, members.map(({ id }) => id).sort(), [...allowedClientIds].sort()])
}

/** Changes with the group and with its claims. It is what a page has read, which does not show every member. */
export function groupRecordValidator({ id, name, friendlyName, createdAt, claims }: GroupWithClaims): string {
  return validatorOf([{ id, name, friendlyName, createdAt, claims }])
}

/** Changes with when a membership ends. */
export function membershipValidator({ groupId, userId, endsAt }: Membership): string {
  return validatorOf([groupId, userId, endsAt])
}
