import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const setting = new Table({
  name: 'pocket_setting',
  columns: [
    { name: 'key', type: 'varchar', length: '100', isPrimary: true },
    { name: 'value', type: 'text' },
  ],
})

/** Creates the settings table. */
export class CreateSettings1760000000230 implements MigrationInterface {
  readonly name = 'CreateSettings1760000000230'

  async up(runner: QueryRunner): Promise<void> {
    // A copy, because TypeORM modifies the table options.
    await runner.createTable(setting.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(setting.name)
  }
}
