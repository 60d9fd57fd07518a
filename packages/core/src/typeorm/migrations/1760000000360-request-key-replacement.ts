import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the time at which early replacement of a signing key was requested. */
export class RequestKeyReplacement1760000000360 implements MigrationInterface {
  readonly name = 'RequestKeyReplacement1760000000360'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_key ADD COLUMN replacement_requested_at bigint')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_key DROP COLUMN replacement_requested_at')
  }
}
