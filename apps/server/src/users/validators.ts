import type { GroupDetails, UserDetails } from '@pocket/directory'
import { validatorOf } from '../http/api/precondition.ts'

/** Changes with the user, with the claims, and with the groups they are in. */
export function userValidator({ groups, updatedAt: _, ...user }: UserDetails): string {
  return validatorOf([user, groups.map(({ id }) => id)])
}

/** Changes with the group, with the claims, and with its members, whatever they are called. */
export function groupValidator({ members, ...group }: GroupDetails): string {
  return validatorOf([group, members.map(({ id }) => id).sort()])
}
