import { selectCases } from '@pocket/test-support'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { memoryStores } from '../../src/memory/index.ts'
import type { PocketStores } from '../../src/stores.ts'
import { pocketMigrations, pocketTables, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { createPostgres, createSqlite, type EmptyDatabase, optionsFor } from '../typeorm/databases.ts'

/** Stores over one database, which is emptied before each use. */
export interface StoresUnderTest extends AsyncDisposable {
  empty(): Promise<PocketStores>
}

export const allStoreKinds: Readonly<Record<string, () => Promise<StoresUnderTest>>> = {
  memory: async () => ({ empty: async () => memoryStores(), [Symbol.asyncDispose]: async () => {} }),
  SQLite: () => openStores(createSqlite),
  PostgreSQL: () => openStores(createPostgres),
}

/** The stores for flows whose statements the contracts test on each: SQLite in `pnpm test`, the others in `pnpm test:full`. */
export const storeKinds: typeof allStoreKinds = Object.fromEntries(
  selectCases(Object.entries(allStoreKinds), ([kind]) => kind === 'SQLite'),
)

/** A name that must be quoted in every statement. */
const schema = 'The "host" \\ it'

/** Over the `DataSource` of a host that uses a separate schema for tables. */
export const relocatedStoreKinds: typeof allStoreKinds = {
  'SQLite with a prefix': () => openStores(createSqlite, { entityPrefix: 'My-' }),
  'a schema of PostgreSQL with a prefix': () => openStores(postgresWithSchema, { schema, entityPrefix: 'My-' }),
}

async function postgresWithSchema(): Promise<EmptyDatabase> {
  const database = await createPostgres()
  const dataSource = await new DataSource(optionsFor(database, [])).initialize()
  await dataSource.query(`CREATE SCHEMA "${schema.replaceAll('"', '""')}"`)
  await dataSource.destroy()
  return database
}

async function openStores(
  open: () => Promise<EmptyDatabase>,
  extra: { readonly schema?: string; readonly entityPrefix?: string } = {},
): Promise<StoresUnderTest> {
  const database = await open()
  const options: DataSourceOptions = Object.assign(optionsFor(database), extra)
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
