import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { User } from '../entities/user.ts'

const { bigint, boolean, text, uuid, varchar } = columns

/** A user as stored, with the keys for name comparison. */
export interface StoredUser extends User {
  readonly userNameKey: string
  readonly emailKey: string | null
  /** All searchable strings, one per line. */
  readonly searchKey: string
}

export const userTable: EntitySchema<StoredUser> = new EntitySchema<StoredUser>({
  name: 'pocket_user',
  tableName: 'pocket_user',
  columns: {
    id: { ...uuid, primary: true },
    userName: { ...text, name: 'user_name' },
    userNameKey: { ...text, name: 'user_name_key' },
    email: { ...text, nullable: true },
    emailKey: { ...text, name: 'email_key', nullable: true },
    emailVerified: { ...boolean, name: 'email_verified' },
    firstName: { ...text, name: 'first_name' },
    lastName: { ...text, name: 'last_name' },
    displayName: { ...text, name: 'display_name' },
    administrator: boolean,
    disabled: boolean,
    locale: { ...varchar(35), nullable: true },
    ldapId: { ...text, name: 'ldap_id', nullable: true },
    createdAt: { ...bigint, name: 'created_at' },
    updatedAt: { ...bigint, name: 'updated_at' },
    searchKey: { ...text, name: 'search_key' },
  },
  indices: [
    { name: 'pocket_user_user_name', columns: ['userNameKey'], unique: true },
    { name: 'pocket_user_email', columns: ['emailKey'], unique: true },
    { name: 'pocket_user_ldap', columns: ['ldapId'], unique: true },
    // Lists are read in the order of these indexes, so that the first page costs the same for any number of users. The name
    // indexes include the search text, so that a search does not read rows without a match from the table.
    { name: 'pocket_user_by_age', columns: ['createdAt', 'id'] },
    { name: 'pocket_user_by_email', columns: ['emailKey', 'createdAt', 'id', 'searchKey'] },
    { name: 'pocket_user_by_first_name', columns: ['firstName', 'createdAt', 'id', 'searchKey'] },
    { name: 'pocket_user_by_last_name', columns: ['lastName', 'createdAt', 'id', 'searchKey'] },
    { name: 'pocket_user_by_display_name', columns: ['displayName', 'createdAt', 'id', 'searchKey'] },
    { name: 'pocket_user_by_email_verified', columns: ['emailVerified', 'createdAt', 'id'] },
    { name: 'pocket_user_by_administrator', columns: ['administrator', 'createdAt', 'id'] },
    { name: 'pocket_user_by_disabled', columns: ['disabled', 'createdAt', 'id'] },
    { name: 'pocket_user_search', columns: ['searchKey'] },
  ],
})
