import type { MigrationInterface, QueryRunner } from 'typeorm'

const table = 'pocket_approval'

/** What somebody who has signed up waits for: an administrator, a verified e-mail address, or both. */
export class WaitForAddresses1762000000250 implements MigrationInterface {
  readonly name = 'WaitForAddresses1762000000250'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ${table} ADD COLUMN awaits_administrator boolean NOT NULL DEFAULT TRUE`)
    await runner.query(`ALTER TABLE ${table} ADD COLUMN awaits_verification boolean NOT NULL DEFAULT FALSE`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ${table} DROP COLUMN awaits_verification`)
    await runner.query(`ALTER TABLE ${table} DROP COLUMN awaits_administrator`)
  }
}
