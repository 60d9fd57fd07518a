import { sqliteOptions } from '@pocket/core/typeorm'
import { DataSource, type EntitySchema } from 'typeorm'
import type { DatabaseConfig } from '../config/database.ts'
import type { Logger } from '../logging/logger.ts'
import { connectToPostgres } from './connect.ts'

/** Runs `work` on its own connection while servers use the database. */
export async function withConnection(
  database: DatabaseConfig,
  { tables, logger }: { readonly tables: readonly EntitySchema[]; readonly logger: Logger },
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const dataSource = await (database.kind === 'sqlite'
    ? new DataSource(sqliteOptions(database.path, tables)).initialize()
    : connectToPostgres({ url: database.url, tables, logger, poolSize: 1 }))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => dataSource.destroy())
  await work(dataSource)
}
