import { ConfigurationError } from '@pocket/core/errors'
import { postgresOptions, runMigrations } from '@pocket/core/typeorm'
import { DataSource } from 'typeorm'
import { codeOf, messageOf } from '../logging/failure.ts'
import { connectToPostgres } from './connect.ts'
import { describePostgres, withDefaultTls, withoutTimeouts } from './postgres-url.ts'
import { brokenReferencesError, type Staging, type StagingOptions } from './staged-database.ts'
import type { TableShape } from './table-shape.ts'

const schema = 'pocket_import'
const foreignKeyViolation = '23503'

export async function stagePostgres(
  url: string,
  { initial, migrations, tables, logger }: StagingOptions,
): Promise<Staging> {
  const urlWithoutTimeouts = withoutTimeouts(url)
  const { default: driver } = await import('pg')
  const options = { ...postgresOptions(withDefaultTls(urlWithoutTimeouts), tables), driver, schema }
  const connection = await connectToPostgres({ url: urlWithoutTimeouts, tables: [], logger, poolSize: 1 })
  const stack = new AsyncDisposableStack()
  stack.defer(() => connection.destroy())
  const runner = connection.createQueryRunner()
  try {
    await createSchema((sql) => runner.query(sql), describePostgres(url))
    stack.defer(() => runner.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`))
    await runMigrations(options, initial)
    const references: readonly { readonly table: string; readonly name: string }[] = await runner.query(
      `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name FROM pg_constraint
        WHERE contype = 'f' AND connamespace = '${schema}'::regnamespace`,
    )
    const alterReferences = async (how: string) => {
      for (const { table, name } of references)
        await runner.query(`ALTER TABLE ${table} ALTER CONSTRAINT ${name} ${how}`)
    }
    // Rows come in the order of the tables' names.
    await alterReferences('DEFERRABLE')
    await runner.query('BEGIN')
    await runner.query('SET CONSTRAINTS ALL DEFERRED')
    let dataSource: DataSource | undefined
    stack.defer(async () => {
      if (dataSource?.isInitialized) await dataSource.destroy()
    })
    stack.defer(() => runner.query('ROLLBACK'))
    return {
      async insert(table, rows) {
        const records = rows.map((row) =>
          Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index] ?? null])),
        )
        await runner.query(insertSql(table), [JSON.stringify(records)])
      },
      async complete() {
        await runner.query('COMMIT').catch((error: unknown) => {
          throw codeOf(error) === foreignKeyViolation ? brokenReferencesError(error) : error
        })
        await alterReferences('NOT DEFERRABLE')
        await advanceSequences((sql) => runner.query(sql))
        await runMigrations(options, migrations)
        dataSource = await new DataSource(options).initialize()
        return dataSource
      },
      async replaceDatabase() {
        await dataSource?.destroy()
        await runner.query(replaceSql)
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

type Query = (sql: string) => Promise<readonly Readonly<Record<string, string>>[]>

async function createSchema(query: Query, description: string): Promise<void> {
  try {
    // An interrupted import may have left one.
    await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    await query(`CREATE SCHEMA ${schema}`)
  } catch (cause) {
    throw new ConfigurationError(
      `${description}: the schema ${schema} cannot be created (${messageOf(cause)}). Nothing was changed. Grant the role CREATE on the database.`,
      { cause },
    )
  }
}

function insertSql({ name, columns }: TableShape): string {
  const list = columns.map((column) => `"${column.name}"`).join(', ')
  return `INSERT INTO ${schema}."${name}" (${list})
    SELECT ${list} FROM json_populate_recordset(NULL::${schema}."${name}", $1::json)`
}

/** Inserted values do not advance the sequence of their column. */
async function advanceSequences(query: Query): Promise<void> {
  const columns = await query(`SELECT quote_ident(table_name) AS table, quote_ident(column_name) AS column
    FROM information_schema.columns WHERE table_schema = '${schema}' AND column_default LIKE 'nextval(%'`)
  for (const { table, column } of columns)
    await query(`SELECT setval(pg_get_serial_sequence('${schema}.${table}', '${column}'),
      (SELECT COALESCE(MAX(${column}), 0) + 1 FROM ${schema}.${table}), false)`)
}

/** One statement is one transaction. */
const replaceSql = `DO $$
  DECLARE item record;
  BEGIN
    FOR item IN SELECT tablename AS name FROM pg_tables
      WHERE schemaname = current_schema() AND tablename LIKE 'pocket\\_%'
    LOOP EXECUTE format('DROP TABLE %I.%I CASCADE', current_schema(), item.name); END LOOP;
    FOR item IN SELECT tablename AS name FROM pg_tables WHERE schemaname = '${schema}'
    LOOP EXECUTE format('ALTER TABLE ${schema}.%I SET SCHEMA %I', item.name, current_schema()); END LOOP;
    DROP SCHEMA ${schema};
  END $$`
