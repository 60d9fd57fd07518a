import type { EntitySchema, MigrationInterface } from 'typeorm'

/** The migrations of one package. */
export interface MigrationSet {
  /** The table that records applied migrations. */
  readonly table: string
  /** The tables that they create. */
  readonly tables: readonly EntitySchema[]
  readonly migrations: readonly (new () => MigrationInterface)[]
}
