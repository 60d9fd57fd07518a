import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const setting = new Table({
  name: 'pocket_setting',
  columns: [
    { name: 'key', type: 'varchar', length: '100', isPrimary: true },
    { name: 'value', type: 'text' },
  ],
})

/** The table of settings. */
export class CreateSettings1760000000230 implements MigrationInterface {
  readonly name = 'CreateSettings1760000000230'

  async up(runner: QueryRunner): Promise<void> {
    // A copy, since TypeORM writes into the table that it is given.
    await runner.createTable(setting.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(setting.name)
  }
}
