import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'
import type { Verification } from './verification-store.ts'

const { bigint, hash, text, uuid } = columns

export const verificationTable: EntitySchema<Verification> = new EntitySchema<Verification>({
  name: 'pocket_email_verification',
  tableName: 'pocket_email_verification',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    tokenHash: { ...hash, name: 'token_hash' },
    email: text,
    expiresAt: { ...bigint, name: 'expires_at' },
  },
})
