import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm'

/** Indexes the few unsent e-mails, which the overview page counts each time it is shown. */
export class IndexUnsentEmails1762000000300 implements MigrationInterface {
  readonly name = 'IndexUnsentEmails1762000000300'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex(
      'pocket_email',
      new TableIndex({
        name: 'pocket_email_unsent',
        columnNames: ['created_at', 'next_attempt_at'],
        where: 'sent_at IS NULL',
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('pocket_email', 'pocket_email_unsent')
  }
}
