import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

const user = new Table({
  name: 'pocket_user',
  columns: [
    { name: 'id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'user_name', type: 'text' },
    { name: 'user_name_key', type: 'text' },
    { name: 'email', type: 'text', isNullable: true },
    { name: 'email_key', type: 'text', isNullable: true },
    { name: 'email_verified', type: 'boolean' },
    { name: 'first_name', type: 'text' },
    { name: 'last_name', type: 'text' },
    { name: 'display_name', type: 'text' },
    { name: 'administrator', type: 'boolean' },
    { name: 'disabled', type: 'boolean' },
    { name: 'locale', type: 'varchar', length: '35', isNullable: true },
    { name: 'created_at', type: 'bigint' },
    { name: 'updated_at', type: 'bigint' },
  ],
  indices: [
    { name: 'pocket_user_user_name', columnNames: ['user_name_key'], isUnique: true },
    { name: 'pocket_user_email', columnNames: ['email_key'], isUnique: true },
  ],
})

/** Creates the table of users. */
export class CreateUsers1760000000000 implements MigrationInterface {
  readonly name = 'CreateUsers1760000000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    // A copy, since TypeORM modifies the given table.
    await queryRunner.createTable(user.clone())
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(user.name)
  }
}
