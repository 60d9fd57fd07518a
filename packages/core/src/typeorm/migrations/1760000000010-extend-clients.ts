import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm'
import { nameKey } from '../../clients/client-list.ts'

const client = 'pocket_client'

/** The new NOT NULL columns, and their values for existing clients. */
const added: readonly { readonly name: string; readonly type: string; readonly value: string | number }[] = [
  { name: 'description', type: 'text', value: `''` },
  { name: 'client_type', type: 'varchar', value: `'standard'` },
  { name: 'pkce_supported', type: 'boolean', value: 'FALSE' },
  { name: 'requires_reauthentication', type: 'boolean', value: 'FALSE' },
  { name: 'requires_pushed_authorization_requests', type: 'boolean', value: 'FALSE' },
  { name: 'skip_consent', type: 'boolean', value: 'FALSE' },
  { name: 'is_group_restricted', type: 'boolean', value: 'FALSE' },
  { name: 'federated_identities', type: 'text', value: `'[]'` },
  { name: 'access_token_duration_minutes', type: 'bigint', value: 60 },
  { name: 'refresh_token_duration_minutes', type: 'bigint', value: 43_200 },
]

function column(name: string, type: string, isNullable: boolean): TableColumn {
  return new TableColumn({ name, type, isNullable, ...(type === 'varchar' && { length: '20' }) })
}

/** Adds the remaining client settings, and the groups that may use a client. */
export class ExtendClients1760000000010 implements MigrationInterface {
  readonly name = 'ExtendClients1760000000010'

  async up(queryRunner: QueryRunner): Promise<void> {
    const names = [...added, { name: 'name_key', type: 'text' }]
    // Added without a constraint first, since clients may exist and the databases differ in the syntax of defaults.
    await queryRunner.addColumns(client, [
      ...names.map(({ name, type }) => column(name, type, true)),
      column('launch_url', 'text', true),
    ])
    const values = added.map(({ name, value }) => `"${name}" = ${value}`).join(', ')
    await queryRunner.query(`UPDATE "${client}" SET ${values}`)
    await this.#fillNameKeys(queryRunner)
    await queryRunner.changeColumns(
      client,
      names.map(({ name, type }) => ({
        oldColumn: column(name, type, true),
        newColumn: column(name, type, false),
      })),
    )
    await queryRunner.createIndex(
      client,
      new TableIndex({ name: 'pocket_client_created', columnNames: ['created_at', 'id'] }),
    )
    await queryRunner.createTable(clientGroup())
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('pocket_client_group')
    await queryRunner.dropIndex(client, 'pocket_client_created')
    await queryRunner.dropColumns(client, [...added.map(({ name }) => name), 'name_key', 'launch_url'])
  }

  async #fillNameKeys(queryRunner: QueryRunner): Promise<void> {
    const clients: readonly { id: string; name: string }[] = await queryRunner.query(`SELECT id, name FROM "${client}"`)
    const { driver } = queryRunner.connection
    const update = `UPDATE "${client}" SET name_key = ${driver.createParameter('name', 0)}
      WHERE id = ${driver.createParameter('id', 1)}`
    for (const { id, name } of clients) await queryRunner.query(update, [nameKey(name), id])
  }
}

function clientGroup(): Table {
  return new Table({
    name: 'pocket_client_group',
    columns: [
      { name: 'client_id', type: 'text', isPrimary: true },
      { name: 'group_id', type: 'varchar', length: '255', isPrimary: true },
    ],
    indices: [{ name: 'pocket_client_group_group', columnNames: ['group_id'] }],
    foreignKeys: [
      {
        name: 'pocket_client_group_client',
        columnNames: ['client_id'],
        referencedTableName: client,
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      },
    ],
  })
}
