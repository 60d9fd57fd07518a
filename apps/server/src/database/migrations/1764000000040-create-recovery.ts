import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { createTables } = initialTables
const { bigint, hash, nullable, primary, text, uuid } = columns

const table = {
  name: 'pocket_recovery',
  columns: {
    account_id: primary(uuid),
    used_at: nullable(bigint),
    ip_address: nullable(text),
    user_agent: nullable(text),
    ready_at: nullable(bigint),
    sent_at: nullable(bigint),
    stop_hash: nullable(hash),
  },
  indices: [
    { name: 'pocket_recovery_ready', columnNames: ['ready_at'] },
    { name: 'pocket_recovery_stop', columnNames: ['stop_hash'] },
  ],
}

/** The last use of a recovery code, and pending recoveries by e-mail. */
export class AdditiveCreateRecovery1764000000040 implements MigrationInterface {
  readonly name = 'AdditiveCreateRecovery1764000000040'

  up(runner: QueryRunner): Promise<void> {
    return createTables(runner, [table])
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable(table.name)
  }
}
