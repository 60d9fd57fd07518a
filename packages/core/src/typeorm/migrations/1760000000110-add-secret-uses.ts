import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Adds the last use of client secrets. A separate table, so that a use never conflicts with a change of the client. */
export class AddSecretUses1760000000110 implements MigrationInterface {
  readonly name = 'AddSecretUses1760000000110'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'pocket_client_secret_use',
        columns: [
          { name: 'secret_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'client_id', type: 'text' },
          { name: 'last_used_at', type: 'bigint' },
        ],
        indices: [{ name: 'pocket_client_secret_use_client', columnNames: ['client_id'] }],
        foreignKeys: [
          {
            name: 'pocket_client_secret_use_client_fk',
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
    await queryRunner.dropTable('pocket_client_secret_use')
  }
}
