import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Stores which new users wait for approval. */
export class CreateApprovals1762000000120 implements MigrationInterface {
  readonly name = 'CreateApprovals1762000000120'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'pocket_approval',
        columns: [
          { name: 'account_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'requested_at', type: 'bigint' },
        ],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pocket_approval')
  }
}
