import { type MigrationInterface, type QueryRunner, Table, TableForeignKey } from 'typeorm'

const flags = ['disabled_by_import', 'enabled_by_hand', 'administrator_by_import', 'administrator_by_hand']

const userTable = new Table({
  name: 'pocket_ldap_user',
  columns: [
    { name: 'user_id', type: 'varchar', length: '36', isPrimary: true },
    { name: 'dn', type: 'text' },
    ...flags.map((name) => ({ name, type: 'boolean' })),
    { name: 'picture_hash', type: 'text', isNullable: true },
    { name: 'picture_image', type: 'text', isNullable: true },
  ],
  foreignKeys: [
    new TableForeignKey({
      name: 'pocket_ldap_user_of_user',
      columnNames: ['user_id'],
      referencedTableName: 'pocket_user',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    }),
  ],
})

/** Records which users and groups come from LDAP. Plain SQL, since TypeORM recreates the whole table on SQLite. */
export class AddLdap1761000000050 implements MigrationInterface {
  readonly name = 'AddLdap1761000000050'

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const kind of ['user', 'group']) {
      await queryRunner.query(`ALTER TABLE pocket_${kind} ADD COLUMN ldap_id text`)
      await queryRunner.query(`CREATE UNIQUE INDEX pocket_${kind}_ldap ON pocket_${kind} (ldap_id)`)
    }
    await queryRunner.createTable(userTable.clone())
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_ldap_user')
    for (const kind of ['user', 'group']) {
      await queryRunner.query(`DROP INDEX pocket_${kind}_ldap`)
      await queryRunner.query(`ALTER TABLE pocket_${kind} DROP COLUMN ldap_id`)
    }
  }
}
