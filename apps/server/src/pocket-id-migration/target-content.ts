import { ConfigurationError } from '@pocket/core/errors'
import type { Database } from '@pocket/core/internal/sql'

/** The tables that hold nothing before the first administrator was created. */
const contentTables = ['pocket_user', 'pocket_group', 'pocket_client', 'pocket_api'] as const

/** Tables that belong to the processes of a server, not to its content. */
const processTables: ReadonlySet<string> = new Set(['pocket_job', 'pocket_limit'])

/** @throws {ConfigurationError} if the database has users, groups, clients or APIs */
export async function assertEmpty(database: Database): Promise<void> {
  for (const table of contentTables) {
    const found = await database.query(`SELECT 1 AS found FROM ${table} LIMIT 1`)
    if (found.length === 0) continue
    throw new ConfigurationError(
      'The database of this server is not empty: it has users, groups, clients or APIs. Migrate into an empty one: set DB_CONNECTION_STRING to another file or database. Nothing was changed.',
    )
  }
}

/** Removes what a server stores at its first start: its keys. */
export async function emptyTables(database: Database, tables: readonly string[]): Promise<void> {
  // Tables refer to those that come before them.
  for (const table of tables.toReversed())
    if (!processTables.has(table)) await database.execute(`DELETE FROM "${table}"`)
}
