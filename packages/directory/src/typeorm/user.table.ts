import { columns } from '@pocket/core/typeorm'
import { EntitySchema } from 'typeorm'
import type { User } from '../users/user.ts'

const { bigint, boolean, text, uuid, varchar } = columns

/** A user as stored, with the keys by which names are compared. */
export interface StoredUser extends User {
  readonly userNameKey: string
  readonly emailKey: string | null
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
    createdAt: { ...bigint, name: 'created_at' },
    updatedAt: { ...bigint, name: 'updated_at' },
  },
  indices: [
    { name: 'pocket_user_user_name', columns: ['userNameKey'], unique: true },
    { name: 'pocket_user_email', columns: ['emailKey'], unique: true },
  ],
})
