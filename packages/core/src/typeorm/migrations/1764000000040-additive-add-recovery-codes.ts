import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The kind of a recovery code, and the session that created it. */
export class AdditiveAddRecoveryCodes1764000000040 implements MigrationInterface {
  readonly name = 'AdditiveAddRecoveryCodes1764000000040'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_code ADD COLUMN kind varchar(20)')
    await runner.query('ALTER TABLE pocket_code ADD COLUMN session_uid varchar(255)')
    await runner.query('CREATE INDEX pocket_code_account ON pocket_code (account_id)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX pocket_code_account')
    await runner.query('ALTER TABLE pocket_code DROP COLUMN session_uid')
    await runner.query('ALTER TABLE pocket_code DROP COLUMN kind')
  }
}
