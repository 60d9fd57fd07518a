import { fingerprintOf } from '@pocket/core'
import type { AppliedMigrations } from '@pocket/core/typeorm'
import { migrations } from './server-tables.ts'

/** What a database holds before this server has touched it. */
export interface Findings {
  readonly tables: ReadonlySet<string>
  /** Of the master keys that the stored signing keys were encrypted with. */
  readonly fingerprints: ReadonlySet<string>
  readonly applied: AppliedMigrations
}

export const keyTableName = 'pocket_key'

/** The fingerprints among texts of which some are encrypted values. */
export function fingerprintsIn(texts: Iterable<string>): Set<string> {
  const found = Array.from(texts, fingerprintOf)
  return new Set(found.filter((fingerprint) => fingerprint !== undefined))
}

/** The tables among these that say which migrations have run. */
export function historiesAmong(tables: ReadonlySet<string>): readonly string[] {
  return migrations.map(({ table }) => table).filter((table) => tables.has(table))
}

/** Statement that reads one of them. */
export function historyOf(table: string): string {
  return `SELECT name FROM "${table}"`
}
