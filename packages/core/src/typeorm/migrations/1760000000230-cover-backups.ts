import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Adds the backup state to the index by account, so that passkeys are counted without reading the table. */
export class CoverBackups1760000000230 implements MigrationInterface {
  readonly name = 'CoverBackups1760000000230'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX pocket_passkey_account')
    await queryRunner.query('CREATE INDEX pocket_passkey_account ON pocket_passkey (account_id, backed_up)')
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX pocket_passkey_account')
    await queryRunner.query('CREATE INDEX pocket_passkey_account ON pocket_passkey (account_id)')
  }
}
