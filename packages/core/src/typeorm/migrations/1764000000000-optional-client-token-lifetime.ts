import type { MigrationInterface, QueryRunner } from 'typeorm'

const tableName = 'pocket_client'
const name = 'access_token_duration_minutes'

/** The token lifetime of a client is optional; until now, sixty minutes was the default of all clients. */
export class OptionalClientTokenLifetime1764000000000 implements MigrationInterface {
  readonly name = 'OptionalClientTokenLifetime1764000000000'

  async up(runner: QueryRunner): Promise<void> {
    await setNullable(runner, true)
    await runner.query(`UPDATE ${tableName} SET ${name} = NULL WHERE ${name} = 60`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE ${tableName} SET ${name} = 60 WHERE ${name} IS NULL`)
    await setNullable(runner, false)
  }
}

async function setNullable(runner: QueryRunner, isNullable: boolean): Promise<void> {
  const table = await runner.getTable(tableName)
  const column = table?.findColumnByName(name)
  if (!table || !column) throw new Error(`There is no column ${name}.`)
  const changed = column.clone()
  changed.isNullable = isNullable
  await runner.changeColumn(table, column, changed)
}
