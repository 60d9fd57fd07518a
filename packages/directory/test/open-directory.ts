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
import { createTestDatabase, type TestDatabase } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { createDirectory, type Directory } from '../src/index.ts'
import { directoryMigrations, directoryStores, directoryTables } from '../src/typeorm/index.ts'

export const testTime = Date.UTC(2030, 0, 1, 12)
const tables = [...pocketTables, ...directoryTables]

/** A directory and core's stores in a new database. */
export interface DirectoryUnderTest extends AsyncDisposable {
  readonly dataSource: DataSource
  readonly directory: Directory
  readonly stores: PocketStores
  /** Constant unless a test sets it. */
  readonly clock: { time: number; now(): number }
}

export const databases: readonly (readonly [string, () => Promise<DirectoryUnderTest>])[] = [
  ['SQLite', openOnSqlite],
  ['PostgreSQL', openOnPostgres],
]

type Options = ReturnType<typeof sqliteOptions> | ReturnType<typeof postgresOptions>

const migrate = (options: Options) => runMigrations(options, [pocketMigrations, directoryMigrations])

async function openOnSqlite(): Promise<DirectoryUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
  const options = sqliteOptions(join(folder, 'pocket.db'), tables)
  await migrate(options)
  return open(options, () => rm(folder, { recursive: true }))
}

/**
 * The template for all databases of a process: on PostgreSQL a copy takes a tenth of the time of the migrations. It is dropped
 * with the PostgreSQL of the test run.
 */
let migratedTemplate: Promise<TestDatabase> | undefined

async function createMigratedDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  await migrate(postgresOptions(database.url, tables))
  return database
}

async function openOnPostgres(): Promise<DirectoryUnderTest> {
  migratedTemplate ??= createMigratedDatabase()
  const database = await createTestDatabase((await migratedTemplate).url)
  return open(postgresOptions(database.url, tables), async () => database[Symbol.asyncDispose]())
}

async function open(options: Options, remove: () => Promise<void>): Promise<DirectoryUnderTest> {
  const dataSource = await new DataSource(options).initialize()
  const clock = {
    time: testTime,
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
