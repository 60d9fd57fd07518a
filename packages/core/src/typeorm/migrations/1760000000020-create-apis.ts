import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm'

/** Creates APIs, their permissions, and the grants of clients. */
export class CreateApis1760000000020 implements MigrationInterface {
  readonly name = 'CreateApis1760000000020'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(
      new Table({
        name: 'pocket_api',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          column('name', 'text'),
          column('name_key', 'text'),
          { name: 'resource', type: 'varchar', length: '350' },
          column('permissions', 'text'),
          { name: 'access_token_format', type: 'varchar', length: '20' },
          column('resource_server_client_ids', 'text'),
          column('allow_cimd_clients', 'boolean'),
          column('created_at', 'bigint'),
          column('updated_at', 'bigint'),
        ],
        indices: [{ name: 'pocket_api_resource', columnNames: ['resource'], isUnique: true }],
      }),
    )
    await queryRunner.createTable(
      new Table({
        name: 'pocket_api_grant',
        columns: [
          { name: 'api_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'client_id', type: 'text', isPrimary: true },
          column('user_delegated_access', 'boolean'),
          column('client_access', 'boolean'),
          column('user_delegated_permission_ids', 'text'),
          column('client_permission_ids', 'text'),
        ],
        indices: [{ name: 'pocket_api_grant_client', columnNames: ['client_id'] }],
        foreignKeys: [
          {
            name: 'pocket_api_grant_api',
            columnNames: ['api_id'],
            referencedTableName: 'pocket_api',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    )
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_api_grant')
    await queryRunner.dropTable('pocket_api')
  }
}

function column(name: string, type: string): TableColumnOptions {
  return { name, type }
}
