import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { Group } from '../entities/group.ts'

const { bigint, boolean, text, uuid } = columns

/** A group as stored, with the key for name comparison. */
export interface StoredGroup extends Group {
  readonly nameKey: string
  /** Both names, one per line; `null` if the previous version stored the group. */
  readonly searchKey: string | null
}

export const groupTable: EntitySchema<StoredGroup> = new EntitySchema<StoredGroup>({
  name: 'pocket_group',
  tableName: 'pocket_group',
  columns: {
    id: { ...uuid, primary: true },
    name: text,
    nameKey: { ...text, name: 'name_key' },
    friendlyName: { ...text, name: 'friendly_name' },
    ldapId: { ...text, name: 'ldap_id', nullable: true },
    createdAt: { ...bigint, name: 'created_at' },
    searchKey: { ...text, name: 'search_key', nullable: true },
    /** `null`: no. */
    requiresTwoPasskeys: { ...boolean, name: 'requires_two_passkeys', nullable: true },
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

export const membershipTable: EntitySchema<StoredMembership> = new EntitySchema<StoredMembership>({
  name: 'pocket_membership',
  tableName: 'pocket_membership',
  columns: {
    userId: { ...uuid, name: 'user_id', primary: true },
    groupId: { ...uuid, name: 'group_id', primary: true },
    endsAt: { ...bigint, name: 'ends_at', nullable: true },
  },
  indices: [
    { name: 'pocket_membership_group', columns: ['groupId', 'endsAt'] },
    { name: 'pocket_membership_ends', columns: ['endsAt'] },
  ],
  foreignKeys: [
    {
      name: 'pocket_membership_of_user',
      target: 'pocket_user',
      columnNames: ['userId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
    {
      name: 'pocket_membership_of_group',
      target: 'pocket_group',
      columnNames: ['groupId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
})
