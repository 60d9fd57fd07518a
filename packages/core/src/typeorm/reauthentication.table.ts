import type { StoredReauthentication } from '../sessions/reauthentication-store.ts'
import { bigint, hash, primary, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

export const reauthenticationTable = defineTable<StoredReauthentication>('pocket_reauthentication', {
  columns: {
    hash: primary(hash),
    accountId: varchar(255),
    sessionUid: varchar(255),
    authenticatedAt: bigint,
    expiresAt: bigint,
  },
  indices: [
    { name: 'pocket_reauthentication_account', columns: ['accountId'] },
    { name: 'pocket_reauthentication_expiry', columns: ['expiresAt'] },
  ],
})
