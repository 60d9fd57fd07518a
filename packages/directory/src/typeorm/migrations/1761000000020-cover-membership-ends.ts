import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the expiry to the index by group, so that memberships are counted without reading the table. */
export class CoverMembershipEnds1761000000020 implements MigrationInterface {
  readonly name = 'CoverMembershipEnds1761000000020'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX pocket_membership_group')
    await queryRunner.query('CREATE INDEX pocket_membership_group ON pocket_membership (group_id, ends_at)')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX pocket_membership_group')
    await queryRunner.query('CREATE INDEX pocket_membership_group ON pocket_membership (group_id)')
  }
}
