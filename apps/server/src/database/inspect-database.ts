import { existsSync, statSync } from 'node:fs'
import type { DatabaseConfig } from '../config/database.ts'
import type { Logger } from '../logging/logger.ts'
import { connectToPostgres } from './connect.ts'
import type { Findings } from './findings.ts'
import { inspectPostgres } from './inspect-postgres.ts'
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
  rejectPocketIdDatabase((await inspectDatabase(database, logger)).tables, describeDatabase(database))
  if (database.kind === 'sqlite' && (!existsSync(database.path) || statSync(database.path).size === 0)) return false
  await using snapshot = await openSnapshot(database, logger)
  for (const table of snapshot.tables.filter(({ name }) => tablesWithData.has(name)))
    for await (const rows of snapshot.rows(table)) if (rows.length > 0) return true
  return false
}

/** Reads the findings of a database without writing, whatever its state. */
export async function inspectDatabase(database: DatabaseConfig, logger: Logger): Promise<Findings> {
  if (database.kind === 'sqlite') return inspectSqlite(database.path)
  const dataSource = await connectToPostgres({ url: database.url, tables: [], logger, poolSize: 1 })
  try {
    return await inspectPostgres(dataSource)
  } finally {
    await dataSource.destroy()
  }
}

/** For messages, without the password. */
export function describeDatabase(database: DatabaseConfig): string {
  return database.kind === 'sqlite' ? `The database ${database.path}` : describePostgres(database.url)
}

/** Bytes. */
export async function databaseSize(database: DatabaseConfig, logger: Logger): Promise<number> {
  if (database.kind === 'sqlite')
    return ['', '-wal'].reduce(
      (size, suffix) => size + (statSync(database.path + suffix, { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  const dataSource = await connectToPostgres({ url: database.url, tables: [], logger, poolSize: 1 })
  try {
    const [row] = await dataSource.query('SELECT pg_database_size(current_database()) AS size')
    return Number(row?.size)
  } finally {
    await dataSource.destroy()
  }
}
