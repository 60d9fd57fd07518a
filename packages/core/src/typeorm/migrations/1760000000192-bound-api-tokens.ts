import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the maximum lifetime of the access tokens of an API. */
export class BoundApiTokens1760000000192 implements MigrationInterface {
  readonly name = 'BoundApiTokens1760000000192'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_api ADD COLUMN access_token_duration_minutes integer')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pocket_api DROP COLUMN access_token_duration_minutes')
  }
}
