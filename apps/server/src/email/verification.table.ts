import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** A pending verification of an e-mail address. */
export interface Verification {
  readonly accountId: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  /** The e-mail address that the token was sent to. */
  readonly email: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

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
