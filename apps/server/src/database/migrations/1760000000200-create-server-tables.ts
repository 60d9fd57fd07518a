import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const job = new Table({
  name: 'pocket_job',
  columns: [
    { name: 'name', type: 'varchar', length: '100', isPrimary: true },
    { name: 'next_run_at', type: 'bigint' },
    { name: 'lease_owner', type: 'varchar', length: '100', isNullable: true },
    { name: 'lease_until', type: 'bigint', isNullable: true },
    { name: 'last_started_at', type: 'bigint', isNullable: true },
    { name: 'last_finished_at', type: 'bigint', isNullable: true },
    { name: 'last_outcome', type: 'varchar', length: '10', isNullable: true },
    { name: 'last_error', type: 'text', isNullable: true },
  ],
})

export class CreateServerTables1760000000200 implements MigrationInterface {
  readonly name = 'CreateServerTables1760000000200'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(job)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(job)
  }
}
