import { cascadingKey, columns, defineTable } from '@pocket/core/internal/sql'
import type { Group } from '../entities/group.ts'

const { bigint, boolean, nullable, primary, text, uuid } = columns

/** A group as stored, with the key for name comparison. */
export interface StoredGroup extends Group {
  readonly nameKey: string
  /** Both names, one per line; `null` if the previous version stored the group. */
  readonly searchKey: string | null
}

export const groupTable = defineTable<StoredGroup>('pocket_group', {
  columns: {
    id: primary(uuid),
    name: text,
    nameKey: text,
    friendlyName: text,
    ldapId: nullable(text),
    createdAt: bigint,
    searchKey: nullable(text),
    /** `null`: no. */
    requiresTwoPasskeys: nullable(boolean),
  },
  indices: [
    { name: 'pocket_group_name', columns: ['nameKey'], unique: true },
    { name: 'pocket_group_ldap', columns: ['ldapId'], unique: true },
    { name: 'pocket_group_by_age', columns: ['createdAt', 'id'] },
  ],
})

export interface StoredMembership {
  readonly userId: string
  readonly groupId: string
  /** Milliseconds since the Unix epoch, after which the membership no longer counts. `null`: it does not expire. */
  readonly endsAt: number | null
}

export const membershipTable = defineTable<StoredMembership>('pocket_membership', {
  columns: {
    userId: primary(uuid),
    groupId: primary(uuid),
    endsAt: nullable(bigint),
  },
  indices: [
    { name: 'pocket_membership_group', columns: ['groupId', 'endsAt'] },
    { name: 'pocket_membership_ends', columns: ['endsAt'] },
  ],
  foreignKeys: [
    cascadingKey('pocket_membership_of_user', { property: 'userId', table: 'pocket_user' }),
    cascadingKey('pocket_membership_of_group', { property: 'groupId', table: 'pocket_group' }),
  ],
})
