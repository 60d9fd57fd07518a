import { ConfigurationError } from '../errors.ts'

export const missingTableMessage =
  'A table or column is missing: call runMigrations(options, [pocketMigrations]) before you use the stores.'

/** SQLite has one code for all statement errors; PostgreSQL has 42P01 and 42703. */
export function isMissingTable(error: unknown): boolean {
  // Checks properties, since a native module may throw errors of another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  if (error.code === '42P01' || error.code === '42703') return true
  const message = 'message' in error ? String(error.message) : ''
  return error.code === 'SQLITE_ERROR' && /no such (table|column)|has no column named/.test(message)
}

export function dataSourceError(code: string, message: string, cause?: unknown): ConfigurationError {
  const field = 'dataSource'
  return new ConfigurationError(message, { cause, details: { option: field }, fields: [{ field, code, message }] })
}

/** @throws {ConfigurationError} if core has no stores for databases of this type */
export function assertSupportedDatabase(type: string): asserts type is 'better-sqlite3' | 'postgres' {
  if (type !== 'better-sqlite3' && type !== 'postgres')
    throw dataSourceError(
      'not_supported',
      `The DataSource must be better-sqlite3 or postgres, not ${type}: keep your accounts there, and give Pocket an SQLite file or a PostgreSQL database of its own.`,
    )
}
