import { setTimeout } from 'node:timers/promises'
import { sqliteOptions } from '@pocket/core/typeorm'
import { DataSource, type EntitySchema } from 'typeorm'
import type { DatabaseConfig } from '../config/database.ts'
import { codeOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { connectToPostgres } from './connect.ts'

const maxAttempts = 200
/** Milliseconds. */
const pause = 50

/** Runs `work` on its own connection while servers use the database; it is repeated while they write. */
export async function withConnection(
  database: DatabaseConfig,
  { tables, logger }: { readonly tables: readonly EntitySchema[]; readonly logger: Logger },
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  // Waits between attempts instead of within SQLite, which would block this thread.
  const dataSource = await (database.kind === 'sqlite'
    ? new DataSource({ ...sqliteOptions(database.path, tables), timeout: 0 }).initialize()
    : connectToPostgres({ url: database.url, tables, logger, poolSize: 1 }))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => dataSource.destroy())
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(dataSource)
    } catch (error) {
      if (!isBusy(error) || attempt === maxAttempts) throw error
      await setTimeout(pause)
    }
  }
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return (codeOf(cause) ?? codeOf(error) ?? '').startsWith('SQLITE_BUSY')
}
