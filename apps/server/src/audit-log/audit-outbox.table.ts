import { columns } from '@pocket/core/internal/sql'
import { EntitySchema } from 'typeorm'

export type AuditDestination = 'syslog' | 'file'

/** An audit entry that a destination has not received yet. */
export interface OutboxEntry {
  readonly destination: AuditDestination
  /** The repetition key or the ID of the entry. */
  readonly key: string
  readonly createdAt: number
  /** The exported entry as JSON. */
  readonly entry: string
  /** Repetitions until it is sent share one row, so that a flood does not fill the disk. */
  readonly occurrences: number
}

const { bigint, text, varchar } = columns

export const auditOutboxTable: EntitySchema<OutboxEntry> = new EntitySchema<OutboxEntry>({
  name: 'pocket_audit_outbox',
  tableName: 'pocket_audit_outbox',
  columns: {
    destination: { ...varchar(10), primary: true },
    key: { ...varchar(43), primary: true },
    createdAt: { ...bigint, name: 'created_at' },
    entry: text,
    occurrences: bigint,
  },
  indices: [{ name: 'pocket_audit_outbox_order', columns: ['destination', 'createdAt', 'key'] }],
})
