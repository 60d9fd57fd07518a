import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

/** The last use of a recovery code, and a pending recovery by e-mail. Instants in milliseconds since the Unix epoch. */
export interface RecoveryState {
  readonly accountId: string
  /** The last use of a recovery code, and its browser. */
  readonly usedAt: number | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** When a pending recovery by e-mail sends or has sent its code. */
  readonly readyAt: number | null
  /** When that code was sent. */
  readonly sentAt: number | null
  /** SHA-256 of the token that stops it, base64url. */
  readonly stopHash: string | null
}

const { bigint, hash, text, uuid } = columns

export const recoveryTable: EntitySchema<RecoveryState> = new EntitySchema<RecoveryState>({
  name: 'pocket_recovery',
  tableName: 'pocket_recovery',
  columns: {
    accountId: { ...uuid, name: 'account_id', primary: true },
    usedAt: { ...bigint, name: 'used_at', nullable: true },
    ipAddress: { ...text, name: 'ip_address', nullable: true },
    userAgent: { ...text, name: 'user_agent', nullable: true },
    readyAt: { ...bigint, name: 'ready_at', nullable: true },
    sentAt: { ...bigint, name: 'sent_at', nullable: true },
    stopHash: { ...hash, name: 'stop_hash', nullable: true },
  },
  indices: [
    { name: 'pocket_recovery_ready', columns: ['readyAt'] },
    { name: 'pocket_recovery_stop', columns: ['stopHash'] },
  ],
})
