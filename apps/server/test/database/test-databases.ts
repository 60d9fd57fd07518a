import { join } from 'node:path'
import { createTestDatabase } from '@pocket/test-support'
import Database from 'better-sqlite3'
import pg from 'pg'
import type { Config } from '../../src/composition/config.ts'
import { type OpenDatabase, openDatabase } from '../../src/composition/open-database.ts'
import { createFolder, type TestFolder } from './folder.ts'
import { recordingLogger } from './recording-logger.ts'

export type DatabaseConfig = Pick<Config, 'database' | 'dataFolder' | 'encryptionKey'>

/** A database that is not open yet, and its state that must not change. */
export interface TestDatabase extends AsyncDisposable {
  readonly folder: TestFolder
  readonly config: DatabaseConfig
  execute(statements: readonly string[]): Promise<void>
  state(): Promise<unknown>
  /** Its tables with their columns, indexes and constraints, without the migration histories. */
  schema(): Promise<unknown>
}

export const testDatabases = {
  SQLite: createSqliteDatabase,
  PostgreSQL: createPostgresDatabase,
} as const satisfies Record<string, () => Promise<TestDatabase>>

export async function createSqliteDatabase(): Promise<TestDatabase> {
  const folder = await createFolder()
  const path = join(folder.path, 'pocket-id.db')
  return {
    folder,
    config: { database: { kind: 'sqlite', path }, dataFolder: folder.path, encryptionKey: undefined },
    async execute(statements) {
      const database = new Database(path)
      database.pragma('journal_mode = WAL')
      for (const statement of statements) database.exec(statement)
      database.close()
    },
    state: () => folder.state(),
    schema: async () => sqliteSchema(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

export async function createPostgresDatabase(): Promise<TestDatabase> {
  const folder = await createFolder()
  const database = await createTestDatabase()
  const { url } = database
  return {
    folder,
    config: { database: { kind: 'postgres', url }, dataFolder: folder.path, encryptionKey: undefined },
    execute: (statements) =>
      withClient(url, async (client) => {
        for (const statement of statements) await client.query(statement)
      }),
    schema: () => withClient(url, postgresSchema),
    state: async () => ({ folder: await folder.state(), database: await withClient(url, catalogAndRows) }),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function catalogAndRows(client: pg.Client): Promise<unknown> {
  const catalog =
    await client.query(`SELECT n.nspname, c.oid, c.relname, c.relkind, c.relfilenode, a.attname, a.atttypid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, a.attnum`)
  const extensions = await client.query('SELECT extname FROM pg_extension ORDER BY 1')
  const tables = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  )
  const rows: unknown[] = []
  for (const { name } of tables.rows) rows.push((await client.query(`SELECT ctid, xmin, * FROM "${name}"`)).rows)
  return { catalog: catalog.rows, extensions: extensions.rows, rows }
}

/** `dataSource.driver.createSchemaBuilder()` compares only what entities describe, which excludes foreign keys. */
function sqliteSchema(path: string): unknown {
  const database = new Database(path)
  try {
    const tables = database
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'pocket_%' AND name NOT LIKE '%_migration' ORDER BY 1",
      )
      .pluck()
      .all()
    const queryAll = (sql: string, name: string) => database.prepare(sql).all(name)
    return tables.map((table) => ({
      table,
      columns: queryAll(
        'SELECT name, lower(type), "notnull", dflt_value, pk FROM pragma_table_xinfo(?) ORDER BY name',
        table,
      ),
      indexes: queryAll(
        `SELECT l.name, l."unique", l.origin, (SELECT group_concat(name) FROM pragma_index_info(l.name)) AS columns,
          substr(s.sql, nullif(instr(s.sql, ' WHERE '), 0)) AS condition
          FROM pragma_index_list(?) l LEFT JOIN sqlite_schema s ON s.name = l.name ORDER BY l.name`,
        table,
      ),
      foreignKeys: queryAll(
        'SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY 1',
        table,
      ),
    }))
  } finally {
    database.close()
  }
}

async function postgresSchema(client: pg.Client): Promise<unknown> {
  const queryRows = async (sql: string) => (await client.query(sql)).rows
  const ofPocket = "relname LIKE 'pocket_%' AND relname NOT LIKE '%_migration' AND relkind = 'r'"
  return {
    columns: await queryRows(`SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
      attcollation, pg_get_expr(adbin, adrelid) FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
      AND NOT attisdropped LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum WHERE ${ofPocket} ORDER BY 1, 2`),
    indexes: await queryRows(`SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid
      WHERE ${ofPocket} ORDER BY 1`),
    constraints: await queryRows(`SELECT relname, conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
      JOIN pg_class c ON c.oid = conrelid WHERE ${ofPocket} ORDER BY 1, 2`),
  }
}

export async function openWithoutLog(config: DatabaseConfig): Promise<OpenDatabase> {
  return openDatabase(config, recordingLogger().logger)
}

/** A new database that is open. */
export async function openTestDatabase(kind: keyof typeof testDatabases): Promise<OpenDatabase> {
  const stack = new AsyncDisposableStack()
  const { config } = stack.use(await testDatabases[kind]())
  const opened = stack.use(await openWithoutLog(config))
  return { ...opened, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
