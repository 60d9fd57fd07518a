import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Creates the tables of the clients' SCIM targets and of pending changes. */
export class CreateScimProviders1762000000350 implements MigrationInterface {
  readonly name = 'CreateScimProviders1762000000350'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'pocket_scim_provider',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'client_id', type: 'text' },
          { name: 'endpoint', type: 'text' },
          { name: 'token', type: 'text' },
          { name: 'removal', type: 'varchar', length: '10' },
          { name: 'created_at', type: 'bigint' },
          { name: 'next_run_at', type: 'bigint' },
          { name: 'lease_owner', type: 'varchar', length: '36', isNullable: true },
          { name: 'lease_until', type: 'bigint', isNullable: true },
          { name: 'started_at', type: 'bigint', isNullable: true },
          { name: 'finished_at', type: 'bigint', isNullable: true },
          { name: 'succeeded_at', type: 'bigint', isNullable: true },
          { name: 'failed', type: 'boolean' },
          { name: 'report', type: 'text' },
        ],
        indices: [{ name: 'pocket_scim_provider_client', columnNames: ['client_id'], isUnique: true }],
      }),
    )
    await runner.createTable(
      new Table({
        name: 'pocket_scim_change',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'changed_at', type: 'bigint' },
        ],
        indices: [{ name: 'pocket_scim_change_at', columnNames: ['changed_at'] }],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pocket_scim_change')
    await runner.dropTable('pocket_scim_provider')
  }
}
