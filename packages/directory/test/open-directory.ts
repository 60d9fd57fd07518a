import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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
import { createRunFolderOnce, createTestDatabase } from '@pocket/test-support'
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

// A copy takes a tenth of the time of the migrations.
export async function openOnSqlite(): Promise<DirectoryUnderTest> {
  const template = await createRunFolderOnce('directory-sqlite', (folder) =>
    migrate(sqliteOptions(join(folder, 'pocket.db'), tables)),
  )
  const folder = await mkdtemp(join(tmpdir(), 'pocket-test-'))
  await copyFile(join(template, 'pocket.db'), join(folder, 'pocket.db'))
  return open(sqliteOptions(join(folder, 'pocket.db'), tables), () => rm(folder, { recursive: true }))
}

async function openOnPostgres(): Promise<DirectoryUnderTest> {
  const folder = await createRunFolderOnce('directory-postgres', async (folder) => {
    // The database is dropped with the PostgreSQL of the test run.
    const { url } = await createTestDatabase()
    await migrate(postgresOptions(url, tables))
    await writeFile(join(folder, 'url'), url)
  })
  const database = await createTestDatabase(await readFile(join(folder, 'url'), 'utf8'))
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
