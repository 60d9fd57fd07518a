import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Adds notices for clients to notify of a logout. */
export class AddLogoutNotices1760000000100 implements MigrationInterface {
  readonly name = 'AddLogoutNotices1760000000100'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'pocket_logout_notice',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'client_id', type: 'text' },
          { name: 'account_id', type: 'varchar', length: '255' },
          { name: 'sid', type: 'varchar', length: '255' },
          { name: 'attempts', type: 'bigint' },
          { name: 'next_attempt_at', type: 'bigint' },
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [{ name: 'pocket_logout_notice_due', columnNames: ['next_attempt_at'] }],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_logout_notice')
  }
}
