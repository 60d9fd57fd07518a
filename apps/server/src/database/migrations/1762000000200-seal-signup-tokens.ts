import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Stores the encrypted sign-up tokens, because the administrators' list shows them. */
export class SealSignupTokens1762000000200 implements MigrationInterface {
  readonly name = 'SealSignupTokens1762000000200'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_signup_token ADD COLUMN sealed_token text')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pocket_signup_token DROP COLUMN sealed_token')
  }
}
