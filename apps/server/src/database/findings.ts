import { fingerprintOf } from '@pocket/core/internal'
import type { AppliedMigrations } from '@pocket/core/internal/sql'
import { pocketMigrations } from '@pocket/core/typeorm'
import { directoryMigrations } from '@pocket/directory/typeorm'

/** The content of a database before this server modifies it. */
export interface Findings {
  readonly tables: ReadonlySet<string>
  /** Fingerprints of the master keys that encrypted the stored signing keys. */
  readonly fingerprints: ReadonlySet<string>
  readonly applied: AppliedMigrations
}

export const keyTableName = 'pocket_key'
/** SQL that reads the encrypted signing keys. */
export const keyQuery = `SELECT encrypted_jwk FROM ${keyTableName}`
export const serverMigrationTableName = 'pocket_server_migration'

const histories = [pocketMigrations.table, directoryMigrations.table, serverMigrationTableName]

/** The key fingerprints of the encrypted values among these strings. */
export function fingerprintsIn(texts: Iterable<string>): Set<string> {
  const fingerprints = Array.from(texts, fingerprintOf)
  return new Set(fingerprints.filter((fingerprint) => fingerprint !== undefined))
}

export function existingHistories(tables: ReadonlySet<string>): readonly string[] {
  return histories.filter((table) => tables.has(table))
}

export function historyQuery(table: string): string {
  return `SELECT name FROM "${table}"`
}
