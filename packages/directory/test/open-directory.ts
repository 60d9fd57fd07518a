import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PocketStores } from '@pocket/core'
import {
  pocketMigrations,
  pocketTables,
  postgresOptions,
  runMigrations,
  sqliteOptions,
  typeormStores,
} from '@pocket/core/typeorm'
import { createTestDatabase } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { createDirectory, type Directory } from '../src/index.ts'
import { directoryMigrations, directoryStores, directoryTables } from '../src/typeorm/index.ts'

export const noon = Date.UTC(2030, 0, 1, 12)
const tables = [...pocketTables, ...directoryTables]

/** A directory and core's stores over one new database. */
export interface DirectoryUnderTest extends AsyncDisposable {
  readonly dataSource: DataSource
  readonly directory: Directory
  readonly stores: PocketStores
  /** Stands still until a test sets it. */
  readonly clock: { time: number; now(): number }
}

export const kinds: readonly (readonly [string, () => Promise<DirectoryUnderTest>])[] = [
  ['SQLite', onSqlite],
  ['PostgreSQL', onPostgres],
]

async function onSqlite(): Promise<DirectoryUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
  return open(sqliteOptions(join(folder, 'pocket.db'), tables), () => rm(folder, { recursive: true }))
}

async function onPostgres(): Promise<DirectoryUnderTest> {
  const database = await createTestDatabase()
  return open(postgresOptions(database.url, tables), async () => database[Symbol.asyncDispose]())
}

async function open(
  options: ReturnType<typeof sqliteOptions> | ReturnType<typeof postgresOptions>,
  remove: () => Promise<void>,
): Promise<DirectoryUnderTest> {
  await runMigrations(options, [pocketMigrations, directoryMigrations])
  const dataSource = await new DataSource(options).initialize()
  const clock = {
    time: noon,
    now() {
      return this.time
    },
  }
  return {
    dataSource,
    clock,
    directory: createDirectory({ ...directoryStores(dataSource, clock), clock }),
    stores: typeormStores(dataSource),
    [Symbol.asyncDispose]: async () => {
      await dataSource.destroy()
      await remove()
    },
  }
}
