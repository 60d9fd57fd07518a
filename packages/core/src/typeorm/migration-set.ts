import type { EntitySchema, MigrationInterface } from 'typeorm'

/** The migrations of one package. */
export interface MigrationSet {
  /** The table that remembers which of them have run. */
  readonly table: string
  /** The tables that they make. */
  readonly tables: readonly EntitySchema[]
  readonly migrations: readonly (new () => MigrationInterface)[]
}
