import { columns, initialTables } from '@pocket/core/internal/sql'
import type { MigrationInterface, QueryRunner } from 'typeorm'

const { bigint, hash, integer, text, varchar } = columns
const { createTables, nullable, primary } = initialTables

const tables = [
  { name: 'pocket_managed', columns: { kind: primary(varchar(20)), id: primary(varchar(255)), fields: text } },
  {
    name: 'pocket_applied_file',
    columns: {
      id: primary(integer),
      name: varchar(255),
      revision: nullable(bigint),
      digest: hash,
      applied_at: bigint,
    },
  },
]

/** What the configuration file declares. */
export class AdditiveCreateManaged1764000000060 implements MigrationInterface {
  readonly name = 'AdditiveCreateManaged1764000000060'

  up(runner: QueryRunner): Promise<void> {
    return createTables(runner, tables)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of tables) await runner.dropTable(name)
  }
}
