import type { StoredLimit } from '../limits/limit-store.ts'
import { bigint, boolean, hash, primary } from './columns.ts'
import { defineTable } from './define-table.ts'

export const limitTable = defineTable<StoredLimit>('pocket_limit', {
  columns: {
    key: primary(hash),
    expiresAt: bigint,
    admitted: boolean,
  },
  indices: [{ name: 'pocket_limit_expiry', columns: ['expiresAt'] }],
})
