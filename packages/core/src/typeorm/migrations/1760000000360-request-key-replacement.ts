import type { MigrationInterface, QueryRunner } from 'typeorm'

/** When somebody asked to replace a signing key ahead of its schedule. */
export class RequestKeyReplacement1760000000360 implements MigrationInterface {
  readonly name = 'RequestKeyReplacement1760000000360'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_key ADD COLUMN replacement_requested_at bigint')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_key DROP COLUMN replacement_requested_at')
  }
}
