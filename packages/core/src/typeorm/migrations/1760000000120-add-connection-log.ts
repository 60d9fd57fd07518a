import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Adds the recent connection attempts of each client. */
export class AddConnectionLog1760000000120 implements MigrationInterface {
  readonly name = 'AddConnectionLog1760000000120'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'pocket_connection_attempt',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'client_id', type: 'text' },
          { name: 'sequence', type: 'bigint' },
          { name: 'account_id', type: 'varchar', length: '255', isNullable: true },
          { name: 'data', type: 'text' },
        ],
        indices: [
          { name: 'pocket_connection_attempt_client', columnNames: ['client_id', 'sequence'] },
          {
            name: 'pocket_connection_attempt_account',
            columnNames: ['account_id'],
            where: 'account_id IS NOT NULL',
          },
        ],
        foreignKeys: [
          {
            name: 'pocket_connection_attempt_client_fk',
            columnNames: ['client_id'],
            referencedTableName: 'pocket_client',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_connection_attempt')
  }
}
