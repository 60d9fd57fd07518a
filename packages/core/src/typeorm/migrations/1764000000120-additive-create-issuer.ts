import type { MigrationInterface, QueryRunner } from 'typeorm'
import { integer, primary, text } from '../columns.ts'
import { createTables, type InitialTable } from '../initial-tables.ts'

const table: InitialTable = { name: 'pocket_issuer', columns: { id: primary(integer), issuer: text } }

/** Adds the issuer that the tables belong to; the next start stores it. */
export class AdditiveCreateIssuer1764000000120 implements MigrationInterface {
  readonly name = 'AdditiveCreateIssuer1764000000120'

  up(queryRunner: QueryRunner): Promise<void> {
    return createTables(queryRunner, [table])
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return queryRunner.dropTable(table.name)
  }
}
