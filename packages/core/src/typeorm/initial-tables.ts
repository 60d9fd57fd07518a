import {
  type EntitySchemaColumnOptions,
  type QueryRunner,
  Table,
  type TableForeignKeyOptions,
  type TableIndexOptions,
} from 'typeorm'
import { olderDatabaseError, replacedMigrations, timestampOf } from './migration-history.ts'

/** A table as the first migration creates it. */
export interface InitialTable {
  readonly name: string
  readonly columns: Readonly<Record<string, EntitySchemaColumnOptions>>
  readonly indices?: readonly TableIndexOptions[]
  readonly foreignKeys?: readonly TableForeignKeyOptions[]
}

/** A foreign key whose rows are deleted with the row of `table` that they refer to. */
export function cascade(name: string, { column, table }: { column: string; table: string }): TableForeignKeyOptions {
  return {
    name,
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
  }
}

export async function createTables(queryRunner: QueryRunner, tables: readonly InitialTable[]): Promise<void> {
  for (const { name, columns, indices = [], foreignKeys = [] } of tables) {
    const tableColumns = Object.entries(columns).map(([column, { type, length, primary, nullable }]) => ({
      name: column,
      type: String(type),
      ...(length !== undefined && { length: String(length) }),
      isPrimary: primary === true,
      isNullable: nullable === true,
    }))
    // Copies, since TypeORM modifies its arguments.
    await queryRunner.createTable(
      new Table({ name, columns: tableColumns, indices: structuredClone([...indices]), foreignKeys: [...foreignKeys] }),
    )
  }
}

export async function dropTables(queryRunner: QueryRunner, tables: readonly InitialTable[]): Promise<void> {
  for (const { name } of tables.toReversed()) await queryRunner.dropTable(name)
}

/**
 * Takes over the tables of a database on which the replaced migrations have run: removes those from the history, in the
 * transaction that then records the first migration. Returns `false` on an empty database.
 *
 * @throws {ConfigurationError} if the last of the replaced migrations has not run
 */
export async function takeOverTables(queryRunner: QueryRunner, lastReplaced: string): Promise<boolean> {
  const history = queryRunner.dataSource.options.migrationsTableName
  const rows: readonly { readonly name: string }[] = await queryRunner.query(`SELECT name FROM "${history}"`)
  const replaced = replacedMigrations(
    rows.map(({ name }) => name),
    lastReplaced,
  )
  if (replaced.length === 0) return false
  // Checked again under the lock, since another process may have run migrations since.
  if (!replaced.includes(lastReplaced)) throw olderDatabaseError('The database', lastReplaced)
  await queryRunner.query(`DELETE FROM "${history}" WHERE timestamp <= ${timestampOf(lastReplaced)}`)
  return true
}
