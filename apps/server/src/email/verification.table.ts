import { columns, defineTable } from '@pocket/core/internal/sql'

export interface Verification {
  readonly accountId: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  readonly email: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

const { bigint, hash, primary, text, uuid } = columns

export const verificationTable = defineTable<Verification>('pocket_email_verification', {
  columns: {
    accountId: primary(uuid),
    tokenHash: hash,
    email: text,
    expiresAt: bigint,
  },
})
