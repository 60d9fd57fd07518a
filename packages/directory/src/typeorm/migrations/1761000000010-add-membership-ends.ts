import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the expiry of memberships. Plain SQL, since TypeORM recreates the whole table on SQLite. */
export class AddMembershipEnds1761000000010 implements MigrationInterface {
  readonly name = 'AddMembershipEnds1761000000010'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_membership ADD COLUMN ends_at bigint')
    await queryRunner.query('CREATE INDEX pocket_membership_ends ON pocket_membership (ends_at)')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX pocket_membership_ends')
    await queryRunner.query('ALTER TABLE pocket_membership DROP COLUMN ends_at')
  }
}
