import type { GroupDetails, GroupWithClaims } from '@pocket/directory'
import { instant, named } from '../http/api/schema.ts'
import { claimDto, claimListSchema, userDto, userSchema } from '../users/user-dto.ts'

export const groupSchema = named('UserGroupDto', {
  type: 'object',
  required: [
    'id',
    'friendlyName',
    'name',
    'requiresTwoPasskeys',
    'customClaims',
    'ldapId',
    'createdAt',
    'users',
    'allowedOidcClients',
  ],
  properties: {
    id: { type: 'string', format: 'uuid' },
    friendlyName: { type: 'string' },
    requiresTwoPasskeys: { type: 'boolean' },
    name: { type: 'string' },
    customClaims: claimListSchema,
    ldapId: { type: ['string', 'null'] },
    createdAt: instant,
    users: { type: 'array', items: userSchema },
    allowedOidcClients: {
      type: 'array',
      items: { type: 'object' },
      description: 'The restricted clients that the group may use.',
    },
  },
})

/** A group in the REST API; members and clients are optional. */
export function groupDto(group: GroupWithClaims & Partial<GroupDetails>, allowedClients: readonly object[] = []) {
  return {
    id: group.id,
    friendlyName: group.friendlyName,
    requiresTwoPasskeys: group.requiresTwoPasskeys,
    name: group.name,
    customClaims: group.claims.map(claimDto),
    ldapId: group.ldapId,
    createdAt: new Date(group.createdAt).toISOString(),
    users: (group.members ?? []).map((user) => userDto(user)),
    allowedOidcClients: allowedClients,
  }
}

export function idsOf(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id)
}
