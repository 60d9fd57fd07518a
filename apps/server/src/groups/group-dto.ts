import type { GroupDetails, GroupWithClaims } from '@pocket/directory'
import { namedObjectWith } from '../http/api/schema.ts'
import { groupBaseDto, groupProperties, groupRequired, userDto, userSchema } from '../users/user-dto.ts'

export const groupSchema = namedObjectWith('UserGroupDto', [...groupRequired, 'users', 'allowedOidcClients'], {
  ...groupProperties,
  users: { type: 'array', items: userSchema },
  allowedOidcClients: {
    type: 'array',
    items: { type: 'object' },
    description: 'The restricted clients that the group may use.',
  },
})

/** A group in the REST API; members and clients are optional. */
export function groupDto(group: GroupWithClaims & Partial<GroupDetails>, allowedClients: readonly object[] = []) {
  return {
    ...groupBaseDto(group),
    users: (group.members ?? []).map((user) => userDto(user)),
    allowedOidcClients: allowedClients,
  }
}

export function idsOf(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id)
}
