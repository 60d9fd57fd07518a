import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The permission of API keys to read secrets. Additive, so that the previous version keeps working. */
export class AdditiveAddApiKeySecrets1764000000010 implements MigrationInterface {
  readonly name = 'AdditiveAddApiKeySecrets1764000000010'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_api_key ADD COLUMN can_read_secrets boolean')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_api_key DROP COLUMN can_read_secrets')
  }
}
