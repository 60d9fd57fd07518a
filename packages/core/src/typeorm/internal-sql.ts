/*
 * Statements for the stores of @pocket/directory and @pocket/server. Not part of the public API: it changes in any version.
 */
export { type BulkInsert, bulkInsert } from './bulk-insert.ts'
export * as columns from './columns.ts'
export { type CoreImport, coreImport } from './core-import.ts'
export { Database, type DatabaseKind, databaseOf } from './database.ts'
export { defineMigration } from './define-migration.ts'
export { cascadingKey, defineTable } from './define-table.ts'
export { removeExpired } from './expired-rows.ts'
export * as initialTables from './initial-tables.ts'
export { type AppliedMigrations, missingMigrations, refuseUnsupportedDatabase } from './migration-history.ts'
export { isPooled } from './options.ts'
export type { Parameter } from './parameter.ts'
export { cacheChannel } from './row-cache.ts'
export { TableRows } from './table-rows.ts'
