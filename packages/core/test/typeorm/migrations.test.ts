import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm'
import { type MigrationSet, pocketMigrations, pocketTables, runMigrations } from '../../src/typeorm/index.ts'
import { databases, type EmptyDatabase, optionsFor } from './databases.ts'
import { runTogether } from './processes.ts'

class FailHalfway1760000000001 implements MigrationInterface {
  readonly name = 'FailHalfway1760000000001'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE half_way (id integer)')
    throw new Error('on purpose')
  }

  async down(): Promise<void> {}
}

const failing: MigrationSet = { table: 'failing_migration', migrations: [FailHalfway1760000000001] }

describe.each(databases)('%s', (_kind, open) => {
  let database: EmptyDatabase

  beforeEach(async () => {
    database = await open()
  })

  afterEach(async () => database[Symbol.asyncDispose]())

  async function withDataSource<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    const dataSource = await new DataSource(optionsFor(database)).initialize()
    try {
      return await work(dataSource)
    } finally {
      await dataSource.destroy()
    }
  }

  function missingStatements(): Promise<string[]> {
    return withDataSource(async (dataSource) => {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
      return upQueries.map(({ query }) => query)
    })
  }

  test('after the migrations, the tables are those of the schemas', async () => {
    expect(await missingStatements()).not.toEqual([])
    await runMigrations(optionsFor(database), [pocketMigrations])
    expect(await missingStatements()).toEqual([])
  })

  test('a second run changes nothing', async () => {
    await runMigrations(optionsFor(database), [pocketMigrations])
    await runMigrations(optionsFor(database), [pocketMigrations])
    const history = await withDataSource((it) => it.query('SELECT name FROM pocket_core_migration'))
    expect(history).toEqual([{ name: 'CreateTables1760000000000' }])
  })

  test('a set that fails halfway leaves nothing, and the sets before it stay', async () => {
    // TypeORM reports a failed migration on the console, unless another logger is given.
    const run = runMigrations({ ...optionsFor(database), logger: 'debug' }, [pocketMigrations, failing])
    await expect(run).rejects.toThrow('on purpose')
    expect(await missingStatements()).toEqual([])
    await withDataSource(async (dataSource) => {
      const runner = dataSource.createQueryRunner()
      expect(await runner.hasTable('half_way')).toBe(false)
      await runner.release()
    })
  })

  test('can be undone', async () => {
    await runMigrations(optionsFor(database), [pocketMigrations])
    const options = {
      ...optionsFor(database),
      migrations: [...pocketMigrations.migrations],
      migrationsTableName: pocketMigrations.table,
    }
    const dataSource = await new DataSource(options).initialize()
    await dataSource.undoLastMigration()
    const runner = dataSource.createQueryRunner()
    for (const { options: table } of pocketTables) expect(await runner.hasTable(table.name)).toBe(false)
    await runner.release()
    await dataSource.destroy()
  })

  test('processes that start at once wait for each other', async () => {
    const ended = await runTogether('./migrating-process.ts', Array(4).fill([database.address]))
    expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(4).fill({ code: 0, errors: '' }))
    expect(await missingStatements()).toEqual([])
  })
})
