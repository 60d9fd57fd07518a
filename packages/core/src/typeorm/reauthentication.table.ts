import { EntitySchema } from 'typeorm'
import type { StoredReauthentication } from '../sessions/reauthentication-store.ts'
import { bigint, hash, varchar } from './columns.ts'

export const reauthenticationTable: EntitySchema<StoredReauthentication> = new EntitySchema<StoredReauthentication>({
  name: 'pocket_reauthentication',
  tableName: 'pocket_reauthentication',
  columns: {
    hash: { ...hash, primary: true },
    accountId: { ...varchar(255), name: 'account_id' },
    sessionUid: { ...varchar(255), name: 'session_uid' },
    authenticatedAt: { ...bigint, name: 'authenticated_at' },
    expiresAt: { ...bigint, name: 'expires_at' },
  },
  indices: [
    { name: 'pocket_reauthentication_account', columns: ['accountId'] },
    { name: 'pocket_reauthentication_expiry', columns: ['expiresAt'] },
  ],
})
