import type { EntitySchema, MigrationInterface } from 'typeorm'

/** The migrations of one package. */
export interface MigrationSet {
  /** The table that records applied migrations. */
  readonly table: string
  /** The tables that they create. */
  readonly tables: readonly EntitySchema[]
  /** The names of tables that only processes of an earlier version use. */
  readonly retiredTables?: readonly string[]
  readonly migrations: readonly (new () => MigrationInterface)[]
  /** The last of the migrations that the first one replaced. A database on which only earlier ones have run is rejected. */
  readonly lastReplacedMigration?: string
}
