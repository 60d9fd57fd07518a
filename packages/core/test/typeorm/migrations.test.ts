import { describe, expect, test } from '@jest/globals'
import { createPocket } from '@pocket/core'
import { startForEachTest } from '@pocket/test-support'
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm'
import { defineMigration } from '../../src/typeorm/define-migration.ts'
import {
  type MigrationSet,
  pocketMigrations,
  pocketTables,
  runMigrations,
  typeormStores,
} from '../../src/typeorm/index.ts'
import { createSqlite, databases, optionsFor } from './databases.ts'

class FailHalfway1760000000001 implements MigrationInterface {
  readonly name = 'FailHalfway1760000000001'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE half_way (id integer)')
    throw new Error('on purpose')
  }

  async down(): Promise<void> {}
}

/** Changes a table as SQLite requires it, although another one refers to it. */
const RecreateParent = defineMigration('RecreateParent1760000000002', {
  up: [
    'CREATE TABLE parent (id integer PRIMARY KEY)',
    'CREATE TABLE child (parent_id integer REFERENCES parent ON DELETE CASCADE)',
    'INSERT INTO parent VALUES (1)',
    'INSERT INTO child VALUES (1)',
    'CREATE TABLE new_parent (id integer PRIMARY KEY, name text)',
    'INSERT INTO new_parent (id) SELECT id FROM parent',
    'DROP TABLE parent',
    'ALTER TABLE new_parent RENAME TO parent',
  ],
})
const RemoveParent = defineMigration('RemoveParent1760000000003', { up: ['DELETE FROM parent'] })

const later: MigrationSet = { table: 'later_migration', tables: [], migrations: [FailHalfway1760000000001] }
const failing: MigrationSet = { table: 'failing_migration', tables: [], migrations: [FailHalfway1760000000001] }

describe.each(databases)('%s', (_kind, open) => {
  const database = startForEachTest(open)

  async function withDataSource<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    const dataSource = await new DataSource(optionsFor(database)).initialize()
    try {
      return await work(dataSource)
    } finally {
      await dataSource.destroy()
    }
  }

  function findMissingStatements(): Promise<string[]> {
    return withDataSource(async (dataSource) => {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
      return upQueries.map(({ query }) => query)
    })
  }

  test('the migrations produce the tables of the schemas', async () => {
    expect(await findMissingStatements()).not.toEqual([])
    await runMigrations(optionsFor(database), [pocketMigrations])
    expect(await findMissingStatements()).toEqual([])
  })

  test('a second run changes nothing', async () => {
    await runMigrations(optionsFor(database), [pocketMigrations])
    await runMigrations(optionsFor(database), [pocketMigrations])
    const history = await withDataSource((it) => it.query('SELECT name FROM pocket_core_migration'))
    expect(history).toEqual(pocketMigrations.migrations.map((migration) => ({ name: migration.name })))
  })

  test.each([{}, { entityPrefix: 'My-' }])(
    'rejects migrations of a newer version, unless they are additive: %j',
    async (extra) => {
      const options = { ...optionsFor(database), ...extra }
      await runMigrations(options, [pocketMigrations])
      const history = `"${extra.entityPrefix ?? ''}pocket_core_migration"`
      const recordMigration = (id: number, name: string) =>
        withDataSource((it) => it.query(`INSERT INTO ${history} (id, timestamp, name) VALUES (${id}, 1, '${name}')`))
      await recordMigration(1001, 'AdditiveAddNotes1999999999998')
      await runMigrations(options, [pocketMigrations])
      await recordMigration(1002, 'AddNotes1999999999999')
      await expect(runMigrations(options, [later, pocketMigrations])).rejects.toThrow(
        /newer version.*\(AddNotes1999999999999\)/,
      )
      await expect(withDataSource((it) => it.query('SELECT * FROM half_way'))).rejects.toThrow()
      await expect(withDataSource((it) => it.query('SELECT * FROM later_migration'))).rejects.toThrow()
    },
  )

  test('the tables have the prefix of the host, and other tables are unchanged', async () => {
    await withDataSource((it) => it.query('CREATE TABLE pocket_own (id integer)'))
    const options = { ...optionsFor(database), entityPrefix: 'My-' }
    await runMigrations(options, [pocketMigrations])
    await runMigrations(options, [pocketMigrations])
    const dataSource = await new DataSource(options).initialize()
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries).toEqual([])
    expect(await typeormStores(dataSource).clients.list()).toEqual([])
    expect(await dataSource.query('SELECT * FROM pocket_own')).toEqual([])
    expect(await dataSource.query('SELECT * FROM "My-pocket_challenge"')).toEqual([])
    await dataSource.destroy()
    expect((await findMissingStatements()).length).toBeGreaterThan(10)
  })

  test('three providers of one process can migrate and start at the same time', async () => {
    const start = () =>
      withDataSource(async (dataSource) => {
        await runMigrations(dataSource.options, [pocketMigrations])
        await using pocket = await createPocket({
          issuer: 'https://id.example.com',
          masterKey: 'a master key that is long enough',
          accounts: { find: async () => undefined },
          stores: typeormStores(dataSource),
        })
        await pocket.clients.create({ name: 'Photos', redirectUris: [] })
        return (await pocket.signingKeys()).map(({ kid }) => kid)
      })
    const [keys, ...others] = await Promise.all([start(), start(), start()])
    expect(keys).not.toEqual([])
    expect(others).toEqual([keys, keys])
    expect(await withDataSource((dataSource) => typeormStores(dataSource).clients.list())).toHaveLength(3)
  })

  test('a set that fails halfway is rolled back, and the previous sets stay', async () => {
    // TypeORM logs a failed migration to the console, unless another logger is given.
    const run = runMigrations({ ...optionsFor(database), logger: 'debug' }, [pocketMigrations, failing])
    await expect(run).rejects.toThrow('on purpose')
    expect(await findMissingStatements()).toEqual([])
    await withDataSource(async (dataSource) => {
      const runner = dataSource.createQueryRunner()
      expect(await runner.hasTable('half_way')).toBe(false)
      await runner.release()
    })
  })

  test('can be reverted', async () => {
    await runMigrations(optionsFor(database), [pocketMigrations])
    const options = {
      ...optionsFor(database),
      migrations: [...pocketMigrations.migrations],
      migrationsTableName: pocketMigrations.table,
    }
    const dataSource = await new DataSource(options).initialize()
    for (const _ of pocketMigrations.migrations) await dataSource.undoLastMigration()
    const runner = dataSource.createQueryRunner()
    for (const { options: table } of pocketTables) expect(await runner.hasTable(table.name)).toBe(false)
    await runner.release()
    await dataSource.destroy()
  })

  test.each([{}, { entityPrefix: 'My-' }])(
    'takes over the tables of the replaced migrations, and rejects an incomplete set: %j',
    async (extra) => {
      const options = { ...optionsFor(database), ...extra }
      const table = `"${extra.entityPrefix ?? ''}pocket_core_migration"`
      const readHistory = () => withDataSource((it) => it.query(`SELECT name FROM ${table} ORDER BY id`))
      const setHistory = (...names: string[]) =>
        withDataSource(async (it) => {
          await it.query(`DELETE FROM ${table}`)
          for (const name of names)
            await it.query(`INSERT INTO ${table} (timestamp, name) VALUES (${name.slice(-13)}, '${name}')`)
        })
      await runMigrations(options, [{ ...pocketMigrations, migrations: pocketMigrations.migrations.slice(0, 1) }])
      await setHistory('CreateTables1760000000000')
      await expect(runMigrations(options, [later, pocketMigrations])).rejects.toThrow(
        /too old.*AdditiveAddSpentChallenges1760000000430.*\n.*unchanged/,
      )
      expect(await readHistory()).toEqual([{ name: 'CreateTables1760000000000' }])
      await setHistory('CreateTables1760000000000', 'AdditiveAddSpentChallenges1760000000430')
      await runMigrations(options, [pocketMigrations])
      expect(await readHistory()).toEqual(pocketMigrations.migrations.map(({ name }) => ({ name })))
    },
  )

  test('a process of the previous version can still store challenges', async () => {
    await runMigrations(optionsFor(database), [pocketMigrations])
    await withDataSource(async (dataSource) => {
      await dataSource.query(
        "INSERT INTO pocket_challenge (hash, purpose, browser_hash, expires_at) VALUES ('h', 'setup', 'b', 1)",
      )
      expect(await dataSource.query('SELECT hash FROM pocket_challenge')).toEqual([{ hash: 'h' }])
      expect(await typeormStores(dataSource).spentChallenges.insert('h')).toBe(true)
    })
  })
})

test('on SQLite, a migration that recreates a table keeps the rows that refer to it, and breaks no reference', async () => {
  await using database = await createSqlite()
  const options = optionsFor(database)
  const recreating: MigrationSet = { table: 'later_migration', tables: [], migrations: [RecreateParent] }
  await runMigrations(options, [recreating])
  const breaking = { ...recreating, migrations: [...recreating.migrations, RemoveParent] }
  await expect(runMigrations(options, [breaking])).rejects.toThrow('A migration leaves 1 broken references')
  const dataSource = await new DataSource(options).initialize()
  const children = await dataSource.query('SELECT parent_id FROM child JOIN parent ON parent_id = id')
  await dataSource.destroy()
  expect(children).toEqual([{ parent_id: 1 }])
})

test('migrations of SQLite sort large tables in files instead of in memory', async () => {
  await using database = await createSqlite()
  let setting: unknown
  class ReadSetting1760000000004 implements MigrationInterface {
    readonly name = 'ReadSetting1760000000004'

    async up(queryRunner: QueryRunner): Promise<void> {
      setting = await queryRunner.query('PRAGMA temp_store')
    }

    async down(): Promise<void> {}
  }
  const set: MigrationSet = { table: 'setting_migration', tables: [], migrations: [ReadSetting1760000000004] }
  await runMigrations(optionsFor(database), [set])
  expect(setting).toEqual([{ temp_store: 1 }])
})
