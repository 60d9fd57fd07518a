import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { createTables } = initialTables

const table = { name: 'pocket_bootstrap_account', columns: { user_id: columns.primary(columns.uuid) } }

/** Administrators whom an API key created. */
export class AdditiveCreateBootstrapAccount1764000000030 implements MigrationInterface {
  readonly name = 'AdditiveCreateBootstrapAccount1764000000030'

  up(runner: QueryRunner): Promise<void> {
    return createTables(runner, [table])
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable(table.name)
  }
}
