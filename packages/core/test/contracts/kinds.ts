import { DataSource } from 'typeorm'
import { memoryStores } from '../../src/memory/index.ts'
import type { PocketStores } from '../../src/stores.ts'
import { pocketMigrations, pocketTables, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { type EmptyDatabase, emptyPostgres, emptySqlite, optionsFor } from '../typeorm/databases.ts'

/** Stores over one database, emptied before each use. */
export interface StoresUnderTest extends AsyncDisposable {
  empty(): Promise<PocketStores>
}

export const kinds: Readonly<Record<string, () => Promise<StoresUnderTest>>> = {
  memory: async () => ({ empty: async () => memoryStores(), [Symbol.asyncDispose]: async () => {} }),
  SQLite: () => overDatabase(emptySqlite),
  PostgreSQL: () => overDatabase(emptyPostgres),
}

async function overDatabase(open: () => Promise<EmptyDatabase>): Promise<StoresUnderTest> {
  const database = await open()
  const options = optionsFor(database)
  await runMigrations(options, [pocketMigrations])
  const dataSource = await new DataSource(options).initialize()
  return {
    empty: async () => {
      for (const table of pocketTables) await dataSource.getRepository(table).createQueryBuilder().delete().execute()
      return typeormStores(dataSource)
    },
    [Symbol.asyncDispose]: async () => {
      await dataSource.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}
