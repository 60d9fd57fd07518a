import type { MigrationInterface, QueryRunner } from 'typeorm'

const orders = ['email', 'first_name', 'last_name', 'display_name'] as const

/**
 * Adds the search text to the indexes on names, so that a search does not read rows without a match from the table. The
 * largest index entries, for e-mail addresses, have about 2560 bytes; PostgreSQL allows 2704.
 */
export class CoverSearch1761000000040 implements MigrationInterface {
  readonly name = 'CoverSearch1761000000040'

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const order of orders) await remake(queryRunner, order, ', search_key')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const order of orders) await remake(queryRunner, order, '')
  }
}

async function remake(queryRunner: QueryRunner, order: (typeof orders)[number], more: string): Promise<void> {
  const column = order === 'email' ? 'email_key' : order
  await queryRunner.query(`DROP INDEX pocket_user_by_${order}`)
  await queryRunner.query(`CREATE INDEX pocket_user_by_${order} ON pocket_user (${column}, created_at, id${more})`)
}
