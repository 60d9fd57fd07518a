import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { primary, text, varchar } = columns
const { createTables } = initialTables

const table = {
  name: 'pocket_managed',
  columns: { kind: primary(varchar(20)), id: primary(varchar(255)), fields: text },
}

/** The objects that the configuration file declares. */
export class AdditiveCreateManaged1764000000060 implements MigrationInterface {
  readonly name = 'AdditiveCreateManaged1764000000060'

  up(runner: QueryRunner): Promise<void> {
    return createTables(runner, [table])
  }

  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable(table.name)
  }
}
