import { columns, defineTable } from '@pocket/core/internal/sql'
import type { User } from '../entities/user.ts'

const { bigint, boolean, nullable, primary, text, uuid, varchar } = columns

/** A user as stored, with the keys for name comparison. */
export interface StoredUser extends User {
  readonly userNameKey: string
  readonly emailKey: string | null
  /** All searchable strings, one per line. */
  readonly searchKey: string
}

export const userTable = defineTable<StoredUser>('pocket_user', {
  columns: {
    id: primary(uuid),
    userName: text,
    userNameKey: text,
    email: nullable(text),
    emailKey: nullable(text),
    emailVerified: boolean,
    firstName: text,
    lastName: text,
    displayName: text,
    administrator: boolean,
    disabled: boolean,
    locale: nullable(varchar(35)),
    ldapId: nullable(text),
    createdAt: bigint,
    updatedAt: bigint,
    searchKey: text,
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
