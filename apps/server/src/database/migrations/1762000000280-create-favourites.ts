import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Stores the favourite applications of users. */
export class CreateFavourites1762000000280 implements MigrationInterface {
  readonly name = 'CreateFavourites1762000000280'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'pocket_favourite',
        columns: [
          { name: 'account_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'client_id', type: 'text', isPrimary: true },
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [{ name: 'pocket_favourite_client', columnNames: ['client_id'] }],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pocket_favourite')
  }
}
