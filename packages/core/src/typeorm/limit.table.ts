import { EntitySchema } from 'typeorm'
import type { StoredLimit } from '../limits/limit-store.ts'
import { bigint, boolean, hash } from './columns.ts'

export const limitTable: EntitySchema<StoredLimit> = new EntitySchema<StoredLimit>({
  name: 'pocket_limit',
  tableName: 'pocket_limit',
  columns: {
    key: { ...hash, primary: true },
    expiresAt: { ...bigint, name: 'expires_at' },
    admitted: boolean,
  },
  indices: [{ name: 'pocket_limit_expiry', columns: ['expiresAt'] }],
})
