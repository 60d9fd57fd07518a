import { ConfigurationError } from '@pocket/core/errors'
import type { MigrationSet } from '@pocket/core/typeorm'
import type { DataSource, EntitySchema } from 'typeorm'
import type { Logger } from '../logging/logger.ts'
import type { Row, TableShape } from './table-shape.ts'

/**
 * A complete second database next to the instance's own: an SQLite file in the same folder, a schema in the same PostgreSQL
 * database. Disposing of it removes it, unless it has replaced the database.
 */
export interface Staging extends AsyncDisposable {
  /** Inserts rows; foreign keys are checked by {@link Staging.complete}. */
  insert(table: TableShape, rows: readonly Row[]): Promise<void>
  /** Ends the insertion, checks the foreign keys and runs the remaining migrations. */
  complete(): Promise<DataSource>
  /** Replaces the database of the instance atomically. */
  replaceDatabase(): Promise<void>
}

export interface StagingOptions {
  readonly initial: readonly MigrationSet[]
  readonly migrations: readonly MigrationSet[]
  readonly tables: readonly EntitySchema[]
  readonly logger: Logger
}

/** The archive cannot be used; nothing was changed. */
export class ArchiveError extends ConfigurationError {
  override readonly name = 'ArchiveError'

  constructor(reason: string, options?: { readonly cause: unknown }) {
    super(`${reason} Nothing was changed.`, options)
  }
}

export function brokenReferencesError(cause?: unknown): ArchiveError {
  return new ArchiveError('The archive is inconsistent: rows refer to rows that are missing.', { cause })
}
