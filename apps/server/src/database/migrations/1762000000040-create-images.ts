import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const image = new Table({
  name: 'pocket_image',
  columns: [
    { name: 'file', type: 'varchar', length: '200', isPrimary: true },
    { name: 'slot', type: 'varchar', length: '100', isNullable: true },
    { name: 'media_type', type: 'varchar', length: '50' },
    { name: 'hash', type: 'varchar', length: '43' },
    { name: 'created_at', type: 'bigint' },
  ],
  indices: [{ name: 'pocket_image_slot', columnNames: ['slot'], isUnique: true }],
})

const file = new Table({
  name: 'pocket_file',
  columns: [
    { name: 'name', type: 'varchar', length: '200', isPrimary: true },
    { name: 'data', type: 'text' },
    { name: 'created_at', type: 'bigint' },
  ],
})

/** Creates the tables of images and of image files stored in the database. */
export class CreateImages1762000000040 implements MigrationInterface {
  readonly name = 'CreateImages1762000000040'

  async up(runner: QueryRunner): Promise<void> {
    // Copies, because TypeORM modifies the table options.
    await runner.createTable(image.clone())
    await runner.createTable(file.clone())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(file.name)
    await runner.dropTable(image.name)
  }
}
