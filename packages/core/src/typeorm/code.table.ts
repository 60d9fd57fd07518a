import type { StoredCode } from '../codes/code-store.ts'
import { bigint, boolean, hash, nullable, primary, varchar } from './columns.ts'
import { defineTable } from './define-table.ts'

export const codeTable = defineTable<StoredCode>('pocket_code', {
  columns: {
    hash: primary(hash),
    accountId: varchar(255),
    browserHash: nullable(hash),
    byProgram: nullable(boolean),
    kind: nullable(varchar(20)),
    sessionUid: nullable(varchar(255)),
    expiresAt: bigint,
  },
  indices: [
    { name: 'pocket_code_expiry', columns: ['expiresAt'] },
    { name: 'pocket_code_account', columns: ['accountId'] },
  ],
})
