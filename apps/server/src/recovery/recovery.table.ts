import { columns, defineTable } from '@pocket/core/internal/sql'

/** The last use of a recovery code, and a pending recovery by e-mail. Instants in milliseconds since the Unix epoch. */
export interface RecoveryState {
  readonly accountId: string
  /** The last use of a recovery code, and its browser. */
  readonly usedAt: number | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** When a pending recovery by e-mail sends or has sent its code. */
  readonly readyAt: number | null
  readonly sentAt: number | null
  /** SHA-256 of the token that stops it, base64url. */
  readonly stopHash: string | null
}

const { bigint, hash, nullable, primary, text, uuid } = columns

export const recoveryTable = defineTable<RecoveryState>('pocket_recovery', {
  columns: {
    accountId: primary(uuid),
    usedAt: nullable(bigint),
    ipAddress: nullable(text),
    userAgent: nullable(text),
    readyAt: nullable(bigint),
    sentAt: nullable(bigint),
    stopHash: nullable(hash),
  },
  indices: [
    { name: 'pocket_recovery_ready', columns: ['readyAt'] },
    { name: 'pocket_recovery_stop', columns: ['stopHash'] },
  ],
})
