import type { Transaction } from '@pocket/core'
import { databaseOf, type MigrationSet } from '@pocket/core/typeorm'
import type { DataSource, EntitySchema } from 'typeorm'
import type { UserStore } from '../users/user-store.ts'
import { CreateUsers1760000000000 } from './migrations/1760000000000-create-users.ts'
import { userTable } from './user.table.ts'
import { TypeormUserStore } from './user-store.ts'

/** Everything that the directory persists. */
export interface DirectoryStores {
  readonly users: UserStore
  readonly transaction: Transaction
}

/** The directory's tables, for the `entities` of a host's `DataSource`. */
export const directoryTables: readonly EntitySchema[] = [userTable]

/** The directory's migrations, to be run after core's. */
export const directoryMigrations: MigrationSet = {
  table: 'pocket_directory_migration',
  migrations: [CreateUsers1760000000000],
}

/**
 * The directory's stores in the tables {@link directoryTables} of an initialized `DataSource` on which
 * {@link directoryMigrations} have run. They share its transactions with core's stores.
 *
 * @throws Misconfigured where the `DataSource` is not initialized or is neither better-sqlite3 nor postgres.
 */
export function directoryStores(dataSource: DataSource): DirectoryStores {
  const database = databaseOf(dataSource)
  return { users: new TypeormUserStore(database), transaction: database.transaction }
}
