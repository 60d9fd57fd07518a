import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The host name that a passkey is bound to. */
export class AdditiveAddPasskeyRpId1764000000110 implements MigrationInterface {
  readonly name = 'AdditiveAddPasskeyRpId1764000000110'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_passkey ADD COLUMN rp_id varchar(253)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_passkey DROP COLUMN rp_id')
  }
}
