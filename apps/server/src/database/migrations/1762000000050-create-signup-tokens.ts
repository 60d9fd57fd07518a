import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const signupToken = new Table({
  name: 'pocket_signup_token',
  columns: [
    { name: 'id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'token_hash', type: 'varchar', length: '43' },
    { name: 'group_ids', type: 'text' },
    { name: 'usage_limit', type: 'bigint' },
    { name: 'usage_count', type: 'bigint' },
    { name: 'expires_at', type: 'bigint' },
    { name: 'created_at', type: 'bigint' },
  ],
  indices: [
    { name: 'pocket_signup_token_hash', columnNames: ['token_hash'], isUnique: true },
    { name: 'pocket_signup_token_expires', columnNames: ['expires_at'] },
  ],
})

/** Creates the sign-up token table. */
export class CreateSignupTokens1762000000050 implements MigrationInterface {
  readonly name = 'CreateSignupTokens1762000000050'

  async up(runner: QueryRunner): Promise<void> {
    // A copy, because TypeORM modifies the table options.
    await runner.createTable(signupToken.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(signupToken.name)
  }
}
