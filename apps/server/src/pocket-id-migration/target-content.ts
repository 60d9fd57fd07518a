import type { Database } from '@pocket/core/internal/sql'
import { durableKeysSetting } from '../database/durable-keys.ts'

/** The tables that hold nothing before the first administrator was created. */
const contentTables = ['pocket_user', 'pocket_group', 'pocket_client', 'pocket_api'] as const

/** Tables that belong to the processes of a server, not to its content. */
const processTables: ReadonlySet<string> = new Set(['pocket_cache_version', 'pocket_job', 'pocket_limit'])

export async function hasContent(database: Database): Promise<boolean> {
  for (const table of contentTables)
    if ((await database.query(`SELECT 1 AS found FROM ${table} LIMIT 1`)).length > 0) return true
  return false
}

/** KiB. The indexes of 100,000 users and their tokens; SQLite's default of 2 MiB writes their pages again and again. */
const cacheSize = 128 * 1024

/** Gives the connection of a migration a larger cache; it is closed afterwards. */
export async function enlargeCache(database: Database): Promise<void> {
  if (database.kind === 'sqlite') await database.execute(`PRAGMA cache_size = -${cacheSize}`)
}

/** Removes all content, and the keys that a server stores at its first start. */
export async function emptyTables(database: Database, tables: readonly string[]): Promise<void> {
  // Tables refer to those that come before them.
  for (const table of tables.toReversed()) {
    if (processTables.has(table)) continue
    if (table !== 'pocket_setting') await database.execute(`DELETE FROM "${table}"`)
    // The opened master key depends on these.
    else await database.execute(`DELETE FROM "${table}" WHERE "key" <> $1`, [durableKeysSetting])
  }
}
