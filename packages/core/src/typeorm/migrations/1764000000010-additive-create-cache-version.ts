import type { MigrationInterface, QueryRunner } from 'typeorm'
import { integer, primary, uuid } from '../columns.ts'
import { createTables, type InitialTable } from '../initial-tables.ts'

const table: InitialTable = { name: 'pocket_cache_version', columns: { id: primary(integer), version: uuid } }

/** Adds the version of the cached tables. */
export class AdditiveCreateCacheVersion1764000000010 implements MigrationInterface {
  readonly name = 'AdditiveCreateCacheVersion1764000000010'

  up(queryRunner: QueryRunner): Promise<void> {
    return createTables(queryRunner, [table])
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return queryRunner.dropTable(table.name)
  }
}
