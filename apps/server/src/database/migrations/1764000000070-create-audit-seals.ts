import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { createTables, dropTables } = initialTables
const { bigint, boolean, hash, integer, primary, text, uuid, varchar } = columns

const tables = [
  {
    name: 'pocket_audit_seal',
    columns: {
      number: primary(bigint),
      first_at: bigint,
      last_at: bigint,
      last_id: uuid,
      entries: integer,
      hash,
      is_removed: boolean,
    },
  },
  {
    name: 'pocket_audit_outbox',
    columns: {
      destination: primary(varchar(10)),
      key: primary(varchar(43)),
      created_at: bigint,
      entry: text,
      occurrences: bigint,
    },
    indices: [{ name: 'pocket_audit_outbox_order', columnNames: ['destination', 'created_at', 'key'] }],
  },
]

/** The chain of the audit log, and the entries that a syslog server or a file has not received yet. */
export class AdditiveCreateAuditSeals1764000000070 implements MigrationInterface {
  readonly name = 'AdditiveCreateAuditSeals1764000000070'

  up(runner: QueryRunner): Promise<void> {
    return createTables(runner, tables)
  }

  down(runner: QueryRunner): Promise<void> {
    return dropTables(runner, tables)
  }
}
