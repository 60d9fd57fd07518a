import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { postgresOptions, runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import { createTestDatabase } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { directoryMigrations, directoryStores, directoryTables } from '../../src/typeorm/index.ts'
import { CreateTables1763000000000 } from '../../src/typeorm/migrations/1763000000000-create-tables.ts'

test.each(['SQLite', 'PostgreSQL'])('creates its tables with the prefix of a host on %s', async (kind) => {
  await using database = kind === 'SQLite' ? undefined : await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
  const options = {
    ...(database ? postgresOptions(database.url, directoryTables) : sqliteOptions(join(folder, 'a'), directoryTables)),
    entityPrefix: 'Host_',
  }
  await runMigrations(options, [directoryMigrations])
  const dataSource = await new DataSource(options).initialize()
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
  expect(upQueries).toEqual([])
  const request = { page: 1, limit: 20, sort: null, filters: {}, search: '' }
  expect(await directoryStores(dataSource).users.page(request)).toMatchObject({ total: 0 })
  await dataSource.destroy()
  await rm(folder, { recursive: true })
})

test.each(['SQLite', 'PostgreSQL'])(
  'finds users and groups of the previous version by their displayed names on %s',
  async (kind) => {
    await using database = kind === 'SQLite' ? undefined : await createTestDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
    const options = database
      ? postgresOptions(database.url, directoryTables)
      : sqliteOptions(join(folder, 'a'), directoryTables)
    await runMigrations(options, [{ ...directoryMigrations, migrations: [CreateTables1763000000000] }])
    const dataSource = await new DataSource(options).initialize()
    const [user, group] = [crypto.randomUUID(), crypto.randomUUID()]
    await dataSource.query(`INSERT INTO pocket_user (id, user_name, user_name_key, email_verified, first_name, last_name,
    display_name, administrator, disabled, created_at, updated_at, search_key)
    VALUES ('${user}', 'al', 'al', false, 'Anna', 'Lang', 'ÄNNE', false, false, 1, 1, 'anna\nlang\nal')`)
    await dataSource.query(`INSERT INTO pocket_group (id, name, name_key, friendly_name, created_at)
    VALUES ('${group}', 'North', 'north', 'Der ÄLTERE Norden', 1)`)
    await runMigrations(options, [directoryMigrations])
    const { users, groups } = directoryStores(dataSource)
    const request = { page: 1, limit: 20, sort: null, filters: {} }
    expect((await users.page({ ...request, search: 'änne lang' })).items.map(({ id }) => id)).toEqual([user])
    for (const search of ['ältere nord', 'NORTH'])
      expect((await groups.page({ ...request, search })).items.map(({ id }) => id)).toEqual([group])
    // The previous version stores groups without a search key.
    await dataSource.query('UPDATE pocket_group SET search_key = NULL')
    expect((await groups.page({ ...request, search: 'north' })).total).toBe(1)
    await dataSource.destroy()
    await rm(folder, { recursive: true })
  },
)
