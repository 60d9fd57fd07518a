import { columns, defineTable } from '@pocket/core/internal/sql'

export type AuditDestination = 'syslog' | 'file'

export interface OutboxEntry {
  readonly destination: AuditDestination
  /** The repetition key or the ID of the entry. */
  readonly key: string
  readonly createdAt: number
  readonly entry: string
  /** Repetitions until it is sent share one row, so that a flood does not fill the disk. */
  readonly occurrences: number
}

const { bigint, primary, text, varchar } = columns

export const auditOutboxTable = defineTable<OutboxEntry>('pocket_audit_outbox', {
  columns: {
    destination: primary(varchar(10)),
    key: primary(varchar(43)),
    createdAt: bigint,
    entry: text,
    occurrences: bigint,
  },
  indices: [{ name: 'pocket_audit_outbox_order', columns: ['destination', 'createdAt', 'key'] }],
})
