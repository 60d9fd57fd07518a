import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { postgresOptions, runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import { createTestDatabase } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { directoryMigrations, directoryStores, directoryTables } from '../../src/typeorm/index.ts'

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
