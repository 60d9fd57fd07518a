import { existsSync, statSync } from 'node:fs'
import type { DatabaseConfig } from '../config/database.ts'
import type { Logger } from '../logging/logger.ts'
import { connectToPostgres } from './connect.ts'
import { inspectSqlite } from './inspect-sqlite.ts'
import { rejectPocketIdDatabase } from './pocket-id-database.ts'
import { describePostgres } from './postgres-url.ts'
import { openSnapshot } from './snapshot.ts'

const tablesWithData = new Set(['pocket_user', 'pocket_client'])

/**
 * Whether the database contains users or clients, which an import would replace.
 *
 * @throws {ConfigurationError} if it belongs to Pocket ID
 */
export async function isOccupied(database: DatabaseConfig, logger: Logger): Promise<boolean> {
  rejectPocketIdDatabase(await tablesOf(database, logger), describe(database))
  if (database.kind === 'sqlite' && (!existsSync(database.path) || statSync(database.path).size === 0)) return false
  await using snapshot = await openSnapshot(database, logger)
  for (const table of snapshot.tables.filter(({ name }) => tablesWithData.has(name)))
    for await (const rows of snapshot.rows(table)) if (rows.length > 0) return true
  return false
}

async function tablesOf(database: DatabaseConfig, logger: Logger): Promise<ReadonlySet<string>> {
  if (database.kind === 'sqlite') return inspectSqlite(database.path).tables
  const dataSource = await connectToPostgres({ url: database.url, tables: [], logger, poolSize: 1 })
  try {
    const rows: readonly { readonly name: string }[] = await dataSource.query(
      'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))',
    )
    return new Set(rows.map(({ name }) => name))
  } finally {
    await dataSource.destroy()
  }
}

function describe(database: DatabaseConfig): string {
  return database.kind === 'sqlite' ? `The database ${database.path}` : describePostgres(database.url)
}
