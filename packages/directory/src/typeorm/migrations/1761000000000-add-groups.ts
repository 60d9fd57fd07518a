import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableForeignKey, TableIndex } from 'typeorm'

const uuid = { type: 'varchar', length: '36' }

const group = new Table({
  name: 'pocket_group',
  columns: [
    { name: 'id', ...uuid, isPrimary: true },
    { name: 'name', type: 'text' },
    { name: 'name_key', type: 'text' },
    { name: 'friendly_name', type: 'text' },
    { name: 'created_at', type: 'bigint' },
  ],
  indices: [
    { name: 'pocket_group_name', columnNames: ['name_key'], isUnique: true },
    { name: 'pocket_group_by_age', columnNames: ['created_at', 'id'] },
  ],
})

const membership = new Table({
  name: 'pocket_membership',
  columns: [
    { name: 'user_id', ...uuid, isPrimary: true },
    { name: 'group_id', ...uuid, isPrimary: true },
  ],
  indices: [{ name: 'pocket_membership_group', columnNames: ['group_id'] }],
  foreignKeys: [
    ownerForeignKey('pocket_membership_of_user', { column: 'user_id', table: 'pocket_user' }),
    ownerForeignKey('pocket_membership_of_group', { column: 'group_id', table: 'pocket_group' }),
  ],
})

const tables = [
  group,
  membership,
  claimTable('pocket_user_claim', { column: 'user_id', table: 'pocket_user' }),
  claimTable('pocket_group_claim', { column: 'group_id', table: 'pocket_group' }),
]

const userIndices = [
  new TableIndex({ name: 'pocket_user_by_age', columnNames: ['created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_email', columnNames: ['email_key', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_first_name', columnNames: ['first_name', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_last_name', columnNames: ['last_name', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_display_name', columnNames: ['display_name', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_email_verified', columnNames: ['email_verified', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_administrator', columnNames: ['administrator', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_by_disabled', columnNames: ['disabled', 'created_at', 'id'] }),
  new TableIndex({ name: 'pocket_user_search', columnNames: ['search_key'] }),
]

interface Owner {
  readonly column: string
  readonly table: string
}

function ownerForeignKey(name: string, { column, table }: Owner): TableForeignKey {
  return new TableForeignKey({
    name,
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
  })
}

function claimTable(name: string, owner: Owner): Table {
  return new Table({
    name,
    columns: [
      { name: owner.column, ...uuid, isPrimary: true },
      { name: 'key', type: 'text', isPrimary: true },
      { name: 'value', type: 'text' },
      { name: 'position', type: 'bigint' },
    ],
    foreignKeys: [ownerForeignKey(`${name}_owner`, owner)],
  })
}

/** Adds groups, memberships and custom claims, and the columns to sort and search lists of users. */
export class AddGroups1761000000000 implements MigrationInterface {
  readonly name = 'AddGroups1761000000000'

  async up(queryRunner: QueryRunner): Promise<void> {
    await addSearchKey(queryRunner)
    // Copies, since TypeORM modifies its arguments.
    for (const index of userIndices) await queryRunner.createIndex('pocket_user', index.clone())
    for (const table of tables) await queryRunner.createTable(table.clone())
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tables.toReversed()) await queryRunner.dropTable(name)
    for (const { name } of userIndices) if (name !== undefined) await queryRunner.dropIndex('pocket_user', name)
    await queryRunner.dropColumn('pocket_user', 'search_key')
  }
}

interface NamedUser {
  readonly id: string
  readonly email: string | null
  readonly first_name: string
  readonly last_name: string
  readonly user_name: string
}

async function addSearchKey(queryRunner: QueryRunner): Promise<void> {
  const optional = new TableColumn({ name: 'search_key', type: 'text', isNullable: true })
  await queryRunner.addColumn('pocket_user', optional.clone())
  const [key, id] = queryRunner.connection.options.type === 'postgres' ? ['$1', '$2'] : ['?', '?']
  const users: readonly NamedUser[] = await queryRunner.query(
    'SELECT id, email, first_name, last_name, user_name FROM pocket_user',
  )
  for (const user of users)
    await queryRunner.query(`UPDATE pocket_user SET search_key = ${key} WHERE id = ${id}`, [searchKey(user), user.id])
  const required = new TableColumn({ name: 'search_key', type: 'text', isNullable: false })
  await queryRunner.changeColumn('pocket_user', optional.clone(), required)
}

/** The search key at the time of this migration; later changes need their own migration. */
function searchKey({ email, first_name, last_name, user_name }: NamedUser): string {
  return [email ?? '', first_name, last_name, user_name].join('\n').normalize('NFC').toLowerCase()
}
