import type { AppliedMigrations } from '@pocket/core/internal/sql'
import Database from 'better-sqlite3'
import type { DatabaseConfig } from '../config/database.ts'
import type { Logger } from '../logging/logger.ts'
import { connectToPostgres } from './connect.ts'
import { appliedMigrations } from './inspect-postgres.ts'
import { withoutTimeouts } from './postgres-url.ts'
import { columnTypeOf, type Row, type TableShape } from './table-shape.ts'

/** A consistent snapshot of the tables of an instance, while servers continue to write. */
export interface Snapshot extends AsyncDisposable {
  readonly applied: AppliedMigrations
  /** The tables of this instance, without the migration histories. */
  readonly tables: readonly TableShape[]
  count(tables: readonly TableShape[]): Promise<number>
  rows(table: TableShape): AsyncIterable<readonly Row[]>
  /** The value of a cell, selected by the value of another column; `undefined` if there is no such row. */
  cell(address: CellAddress): Promise<Row[number] | undefined>
}

export interface CellAddress {
  readonly table: string
  readonly column: string
  readonly where: readonly [column: string, value: string]
}

const batchSize = 500
const isHistory = (table: string) => table.endsWith('_migration')

function countSql(tables: readonly TableShape[]): string {
  return `SELECT ${tables.map(({ name }) => `(SELECT COUNT(*) FROM "${name}")`).join(' + ')} AS count`
}

export function openSnapshot(database: DatabaseConfig, logger: Logger): Promise<Snapshot> {
  return database.kind === 'sqlite' ? snapshotOfSqlite(database.path) : snapshotOfPostgres(database.url, logger)
}

async function snapshotOfSqlite(path: string): Promise<Snapshot> {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    database.exec('BEGIN')
    const names = (sql: string) => database.prepare<[], string>(sql).pluck().all()
    const all = names(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'pocket_*' ORDER BY name`)
    const applied = await appliedMigrations(new Set(all), async (sql) => names(sql).map((name) => ({ name })))
    const tables = all
      .filter((name) => !isHistory(name))
      .map((name) => ({ name, columns: sqliteColumns(database, name) }))
    return {
      applied,
      tables,
      count: async (counted) => database.prepare<[], number>(countSql(counted)).pluck().get() ?? 0,
      async *rows({ name, columns }) {
        const select = `SELECT ${columns.map((column) => `"${column.name}"`).join(', ')} FROM "${name}"`
        let batch: Row[] = []
        for (const values of database.prepare<[], (string | number | null)[]>(select).raw().iterate()) {
          batch.push(
            values.map((value, index) => (columns[index]?.type === 'boolean' && value !== null ? value === 1 : value)),
          )
          if (batch.length < batchSize) continue
          yield batch
          batch = []
        }
        if (batch.length > 0) yield batch
      },
      cell: async ({ table, column, where: [key, value] }) =>
        database
          .prepare<[string], Row[number]>(`SELECT "${column}" FROM "${table}" WHERE "${key}" = ?`)
          .pluck()
          .get(value),
      [Symbol.asyncDispose]: async () => void database.close(),
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function sqliteColumns(database: Database.Database, table: string): TableShape['columns'] {
  return database
    .prepare<[string], { name: string; type: string }>('SELECT name, type FROM pragma_table_info(?) ORDER BY cid')
    .all(table)
    .map(({ name, type }) => ({ name, type: columnTypeOf(type) }))
}

async function snapshotOfPostgres(url: string, logger: Logger): Promise<Snapshot> {
  const dataSource = await connectToPostgres({ url: withoutTimeouts(url), tables: [], logger, poolSize: 1 })
  try {
    const runner = dataSource.createQueryRunner()
    await runner.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const columns: readonly { readonly table: string; readonly name: string; readonly type: string }[] =
      await runner.query(`SELECT table_name AS table, column_name AS name, data_type AS type
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name LIKE 'pocket\\_%'
        ORDER BY table_name, ordinal_position`)
    const names = new Set(columns.map(({ table }) => table))
    const applied = await appliedMigrations(names, (sql) => runner.query(sql))
    const tables = Array.from(names)
      .filter((name) => !isHistory(name))
      .map((name) => ({
        name,
        columns: columns
          .filter(({ table }) => table === name)
          .map((column) => ({ name: column.name, type: columnTypeOf(column.type) })),
      }))
    return {
      applied,
      tables,
      async count(counted) {
        const [row]: readonly { readonly count: string }[] = await runner.query(countSql(counted))
        return Number(row?.count)
      },
      async *rows(table) {
        const list = table.columns.map(({ name }) => `"${name}"`).join(', ')
        await runner.query(`DECLARE snapshot_rows CURSOR FOR SELECT ${list} FROM "${table.name}"`)
        for (;;) {
          const rows: readonly Readonly<Record<string, Row[number]>>[] = await runner.query(
            `FETCH ${batchSize} FROM snapshot_rows`,
          )
          if (rows.length === 0) break
          yield rows.map((row) =>
            table.columns.map(({ name, type }) => {
              const value = row[name] ?? null
              // The driver returns bigint as text.
              return type === 'number' && value !== null ? Number(value) : value
            }),
          )
        }
        await runner.query('CLOSE snapshot_rows')
      },
      async cell({ table, column, where: [key, value] }) {
        const select = `SELECT "${column}" AS value FROM "${table}" WHERE "${key}" = $1`
        const [row]: readonly { readonly value: Row[number] }[] = await runner.query(select, [value])
        return row?.value
      },
      [Symbol.asyncDispose]: () => dataSource.destroy(),
    }
  } catch (error) {
    await dataSource.destroy()
    throw error
  }
}
