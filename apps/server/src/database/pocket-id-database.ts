import { ConfigurationError } from '@pocket/core/errors'
import { pocketMigrations } from '@pocket/core/typeorm'

/*
 * Many applications have tables named `users` and `schema_migrations`, but only Pocket ID combines them with these tables.
 */
const distinctiveTables = ['oidc_clients', 'webauthn_credentials']
const commonTables = ['schema_migrations', 'users']

/**
 * Rejects a database that belongs to Pocket ID.
 *
 * @param description - the database for the error message, without its password
 * @throws {ConfigurationError}
 */
export function rejectPocketIdDatabase(tables: ReadonlySet<string>, description: string): void {
  if (tables.has(pocketMigrations.table)) return
  const foundTables = [...distinctiveTables, ...commonTables].filter((table) => tables.has(table))
  if (!distinctiveTables.some((table) => tables.has(table)) || !commonTables.some((table) => tables.has(table))) return
  throw new ConfigurationError(
    [
      `${description} belongs to Pocket ID: it contains its tables (${foundTables.join(', ')}) and none of this server's.`,
      'This server cannot use that database. It stopped before writing anything, so the database is unchanged.',
      'Give this server a database of its own: set DB_CONNECTION_STRING to another file or to another PostgreSQL database, or move the old data folder away and start with an empty one.',
    ].join('\n'),
  )
}
