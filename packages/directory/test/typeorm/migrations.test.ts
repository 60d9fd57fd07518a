import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type MigrationSet, postgresOptions, runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import { createTestDatabase } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { createDirectory } from '../../src/index.ts'
import { directoryMigrations, directoryStores, directoryTables } from '../../src/typeorm/index.ts'

const id = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'
const insertOldUser = (
  table: string,
) => `INSERT INTO ${table} (id, user_name, user_name_key, email, email_key, email_verified, first_name,
  last_name, display_name, administrator, disabled, locale, created_at, updated_at)
  VALUES ('${id}', 'Zoe', 'zoe', NULL, NULL, false, 'ZOË', 'Müller', 'Z.', true, false, NULL, 1, 2)`

const firstMigration: MigrationSet = { ...directoryMigrations, migrations: directoryMigrations.migrations.slice(0, 1) }

type Options = ReturnType<typeof sqliteOptions> | ReturnType<typeof postgresOptions>

async function upgrade(options: Options): Promise<void> {
  await runMigrations(options, [firstMigration])
  const oldDatabase = await new DataSource({ ...options, entities: [] }).initialize()
  await oldDatabase.query(insertOldUser(`"${options.entityPrefix ?? ''}pocket_user"`))
  await oldDatabase.destroy()
  await runMigrations(options, [directoryMigrations])
  const dataSource = await new DataSource(options).initialize()
  try {
    const directory = createDirectory({ ...directoryStores(dataSource), clock: { now: () => 3 } })
    const request = { page: 1, limit: 20, sort: null, filters: {}, search: 'zoë' }
    const { items } = await directory.users.page(request)
    expect(items).toEqual([expect.objectContaining({ id, userName: 'Zoe', administrator: true, groups: [] })])
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries).toEqual([])
  } finally {
    await dataSource.destroy()
  }
}

async function downgrade(options: Options): Promise<void> {
  const dataSource = await new DataSource({
    ...options,
    migrations: [...directoryMigrations.migrations],
    migrationsTableName: directoryMigrations.table,
  }).initialize()
  try {
    for (const _ of directoryMigrations.migrations.slice(1)) await dataSource.undoLastMigration()
    const runner = dataSource.createQueryRunner()
    expect([await runner.hasTable('pocket_group'), await runner.hasColumn('pocket_user', 'search_key')]).toEqual([
      false,
      false,
    ])
    await runner.release()
    expect(await dataSource.query('SELECT user_name FROM pocket_user')).toEqual([{ user_name: 'Zoe' }])
  } finally {
    await dataSource.destroy()
  }
}

describe('migration of users from before groups existed', () => {
  test('on SQLite', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
    const options = sqliteOptions(join(folder, 'pocket.db'), directoryTables)
    await upgrade(options)
    await downgrade(options)
    await rm(folder, { recursive: true })
  })

  test.each(['SQLite', 'PostgreSQL'])('with a prefix on %s', async (kind) => {
    await using database = await createTestDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
    const options =
      kind === 'SQLite'
        ? sqliteOptions(join(folder, 'pocket.db'), directoryTables)
        : postgresOptions(database.url, directoryTables)
    await upgrade({ ...options, entityPrefix: 'Host_' })
    await rm(folder, { recursive: true })
  })

  test('on PostgreSQL', async () => {
    await using database = await createTestDatabase()
    const options = postgresOptions(database.url, directoryTables)
    await upgrade(options)
    await downgrade(options)
  })
})
