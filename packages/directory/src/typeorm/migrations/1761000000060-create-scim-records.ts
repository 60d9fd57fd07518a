import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

/** Records the managed objects of each SCIM target. */
export class CreateScimRecords1761000000060 implements MigrationInterface {
  readonly name = 'CreateScimRecords1761000000060'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'pocket_scim_record',
        columns: [
          { name: 'provider_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'kind', type: 'varchar', length: '5', isPrimary: true },
          { name: 'local_id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'remote_id', type: 'text' },
          { name: 'state', type: 'varchar', length: '7' },
          { name: 'name', type: 'text' },
          { name: 'remote_name', type: 'text' },
          { name: 'sent', type: 'varchar', length: '43' },
          { name: 'kept', type: 'varchar', length: '43' },
        ],
        indices: [{ name: 'pocket_scim_record_state', columnNames: ['provider_id', 'state', 'name'] }],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pocket_scim_record')
  }
}
