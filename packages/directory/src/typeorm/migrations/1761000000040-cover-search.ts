import type { MigrationInterface, QueryRunner } from 'typeorm'

const sortColumns = ['email', 'first_name', 'last_name', 'display_name'] as const

/**
 * Adds the search text to the indexes on names, so that a search does not read rows without a match from the table. The
 * largest index entries, for e-mail addresses, have about 2560 bytes; PostgreSQL allows 2704.
 */
export class CoverSearch1761000000040 implements MigrationInterface {
  readonly name = 'CoverSearch1761000000040'

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sortColumn of sortColumns) await recreateIndex(queryRunner, sortColumn, ', search_key')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sortColumn of sortColumns) await recreateIndex(queryRunner, sortColumn, '')
  }
}

async function recreateIndex(
  queryRunner: QueryRunner,
  sortColumn: (typeof sortColumns)[number],
  extraColumns: string,
): Promise<void> {
  const column = sortColumn === 'email' ? 'email_key' : sortColumn
  await queryRunner.query(`DROP INDEX pocket_user_by_${sortColumn}`)
  await queryRunner.query(
    `CREATE INDEX pocket_user_by_${sortColumn} ON pocket_user (${column}, created_at, id${extraColumns})`,
  )
}
