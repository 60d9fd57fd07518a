import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Stores which users postponed adding a second passkey. */
export class CreateReminders1762000000100 implements MigrationInterface {
  readonly name = 'CreateReminders1762000000100'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'pocket_reminder',
        columns: [
          { name: 'account_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'put_off_at', type: 'bigint' },
        ],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pocket_reminder')
  }
}
