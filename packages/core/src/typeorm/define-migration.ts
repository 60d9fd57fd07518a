import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTables, dropTables, type InitialTable } from './initial-tables.ts'

interface MigrationSteps {
  readonly tables?: readonly InitialTable[]
  /** Statements that both databases understand. */
  readonly up?: readonly string[]
  /** Reverts `up`. */
  readonly down?: readonly string[]
}

/** A migration that creates tables or runs statements. Its name ends with its timestamp of 13 digits. */
export function defineMigration(
  migrationName: string,
  { tables = [], up = [], down = [] }: MigrationSteps,
): new () => MigrationInterface {
  return class implements MigrationInterface {
    static readonly name = migrationName
    readonly name = migrationName

    async up(runner: QueryRunner): Promise<void> {
      await createTables(runner, tables)
      for (const statement of up) await runner.query(statement)
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const statement of down) await runner.query(statement)
      await dropTables(runner, tables)
    }
  }
}
