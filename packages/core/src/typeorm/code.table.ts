import { EntitySchema } from 'typeorm'
import type { StoredCode } from '../codes/code-store.ts'
import { bigint, boolean, hash, varchar } from './columns.ts'

/** Login codes and recovery codes, hashed. */
export const codeTable: EntitySchema<StoredCode> = new EntitySchema<StoredCode>({
  name: 'pocket_code',
  tableName: 'pocket_code',
  columns: {
    hash: { ...hash, primary: true },
    accountId: { ...varchar(255), name: 'account_id' },
    browserHash: { ...hash, name: 'browser_hash', nullable: true },
    byProgram: { ...boolean, name: 'by_program', nullable: true },
    kind: { ...varchar(20), nullable: true },
    sessionUid: { ...varchar(255), name: 'session_uid', nullable: true },
    expiresAt: { ...bigint, name: 'expires_at' },
  },
  indices: [
    { name: 'pocket_code_expiry', columns: ['expiresAt'] },
    { name: 'pocket_code_account', columns: ['accountId'] },
  ],
})
