import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const email = new Table({
  name: 'pocket_email',
  columns: [
    { name: 'id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'kind', type: 'varchar', length: '40' },
    { name: 'recipient', type: 'text' },
    { name: 'account_id', type: 'varchar', length: '36', isNullable: true },
    { name: 'locale', type: 'varchar', length: '100', isNullable: true },
    { name: 'data', type: 'text' },
    { name: 'once_key', type: 'varchar', length: '200', isNullable: true },
    { name: 'attempts', type: 'bigint' },
    { name: 'next_attempt_at', type: 'bigint', isNullable: true },
    { name: 'expires_at', type: 'bigint' },
    { name: 'last_error', type: 'text', isNullable: true },
    { name: 'created_at', type: 'bigint' },
    { name: 'sent_at', type: 'bigint', isNullable: true },
  ],
  indices: [
    { name: 'pocket_email_once', columnNames: ['once_key'], isUnique: true },
    { name: 'pocket_email_due', columnNames: ['next_attempt_at', 'id'] },
    { name: 'pocket_email_created', columnNames: ['created_at', 'id'] },
    { name: 'pocket_email_account', columnNames: ['account_id'] },
  ],
})

const verification = new Table({
  name: 'pocket_email_verification',
  columns: [
    { name: 'account_id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'token_hash', type: 'varchar', length: '43' },
    { name: 'email', type: 'text' },
    { name: 'expires_at', type: 'bigint' },
  ],
})

/** Creates the tables of queued e-mails and of pending e-mail verifications. */
export class CreateEmails1762000000020 implements MigrationInterface {
  readonly name = 'CreateEmails1762000000020'

  async up(runner: QueryRunner): Promise<void> {
    // Copies, because TypeORM modifies the table options.
    await runner.createTable(email.clone())
    await runner.createTable(verification.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(verification.name)
    await runner.dropTable(email.name)
  }
}
