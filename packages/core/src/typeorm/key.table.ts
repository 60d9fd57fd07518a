import type { StoredKey } from '../oidc/key-store.ts'
import { bigint, nullable, primary, text, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

/** Signing keys, encrypted. */
export const keyTable = defineTable<StoredKey>('pocket_key', {
  columns: {
    kid: primary(varchar(100)),
    algorithm: varchar(20),
    status: varchar(10),
    encryptedJwk: text,
    statusSince: bigint,
    replacementRequestedAt: nullable(bigint),
  },
  indices: [
    {
      name: 'pocket_key_place',
      columns: ['algorithm', 'status'],
      unique: true,
      where: "status IN ('next', 'current')",
    },
  ],
})
