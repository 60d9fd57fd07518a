import { Socket } from 'node:net'
import type BetterSqlite3 from 'better-sqlite3'
import type { ClientBase } from 'pg'
import type { DataSourceOptions, EntitySchema } from 'typeorm'
import { ConfigurationError } from '../errors.ts'
import { noResponseMessage } from '../outage.ts'
import { loadBetterSqlite3 } from './installed.ts'
import { pocketTables } from './tables.ts'
import { blockingTimeout, whenUnlocked } from './write-lock.ts'

/** Options of a `DataSource` for SQLite. */
export type SqliteOptions = Extract<DataSourceOptions, { type: 'better-sqlite3' }>
/** Options of a `DataSource` for PostgreSQL. */
export type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>

/**
 * Options of a `DataSource` for the SQLite database at `path`, which is created with its folders if missing. Uses write-ahead
 * logging; a commit is acknowledged after it is written to disk.
 *
 * @param tables all tables of the host; defaults to core's own tables.
 * @throws {ConfigurationError} if better-sqlite3 is missing or older than 12, or on a Node version before 22.14
 *
 * @example
 * ```ts
 * const dataSource = await new DataSource(sqliteOptions('data/service.sqlite')).initialize()
 * ```
 */
export function sqliteOptions(path: string, tables: readonly EntitySchema[] = pocketTables): SqliteOptions {
  assertText('path', path, 'data/service.sqlite')
  return {
    type: 'better-sqlite3',
    database: path,
    // Loaded here, so that a host with PostgreSQL need not install it.
    driver: loadBetterSqlite3(),
    timeout: blockingTimeout,
    prepareDatabase,
    entities: copyTables(tables),
  }
}

/**
 * Options of a `DataSource` for the PostgreSQL database at `url` (`postgres://…`). The query of the URL is passed to the
 * driver. A statement may take 15 seconds (`statement_timeout`, in milliseconds), a connection that is silent for 20 seconds
 * is closed (`query_timeout`, in milliseconds), and waiting for a connection fails after 10 seconds (`connect_timeout`, in
 * seconds). `pooler=transaction` is for a connection pooler that assigns a connection for each transaction, such as PgBouncer
 * with `pool_mode = transaction`: it turns off named prepared statements.
 *
 * @param tables all tables of the host; defaults to core's own tables.
 *
 * @example
 * ```ts
 * const dataSource = await new DataSource(postgresOptions('postgres://pocket@db/pocket')).initialize()
 * ```
 */
export function postgresOptions(url: string, tables: readonly EntitySchema[] = pocketTables): PostgresOptions {
  assertText('url', url, 'postgres://pocket@db/pocket')
  const { url: rest, statementTimeout, silenceTimeout, connectTimeout, isPooled } = extractParameters(url)
  return {
    type: 'postgres',
    url: rest,
    applicationName: 'pocket',
    connectTimeoutMS: connectTimeout,
    entities: copyTables(tables),
    extra: {
      ...(isPooled && { pooler: 'transaction' }),
      // The driver's own `query_timeout` returns the connection to the pool, possibly with an open transaction.
      stream: () => createSocket(silenceTimeout),
      // Not a startup parameter, since connection poolers reject those.
      onConnect: (client: ClientBase) => client.query(`SET statement_timeout = ${statementTimeout}`),
    },
  }
}

function assertText(name: string, value: unknown, example: string): void {
  if (typeof value !== 'string' || value === '')
    throw new ConfigurationError(`${name} must be a string that is not empty, such as '${example}'.`)
}

function copyTables(tables: readonly EntitySchema[]): EntitySchema[] {
  if (!Array.isArray(tables)) throw new ConfigurationError('tables must be a list, such as [...pocketTables, myTable].')
  return [...tables]
}

/** The same options without the limits that {@link postgresOptions} sets, since migrations may take longer. */
export function withoutTimeLimits(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'postgres') return options
  const { stream: _stream, onConnect: _onConnect, ...extra }: Readonly<Record<string, unknown>> = options.extra ?? {}
  return { ...options, extra }
}

const defaultTimeouts = { statement_timeout: 15_000, query_timeout: 20_000, connect_timeout: 10 }

/** Whether the connections of these options are assigned by a pooler for each transaction. */
export function isPooled({ type, extra }: DataSourceOptions): boolean {
  return type === 'postgres' && extra?.pooler === 'transaction'
}

function extractParameters(url: string) {
  const parsed = URL.parse(url)
  const isPooled = parsed?.searchParams.get('pooler') === 'transaction'
  const names = [...Object.keys(defaultTimeouts), 'pooler']
  const readTimeout = (name: keyof typeof defaultTimeouts) => {
    const value = parsed?.searchParams.get(name) ?? ''
    parsed?.searchParams.delete(name)
    return /^\d{1,9}$/.test(value) ? Number(value) : defaultTimeouts[name]
  }
  const hasParameters = parsed !== null && names.some((name) => parsed.searchParams.has(name))
  const timeouts = {
    statementTimeout: readTimeout('statement_timeout'),
    silenceTimeout: readTimeout('query_timeout'),
    connectTimeout: readTimeout('connect_timeout') * 1000,
  }
  parsed?.searchParams.delete('pooler')
  return { url: hasParameters ? parsed.href : url, isPooled, ...timeouts }
}

/** The pool drops idle connections before this timeout. */
function createSocket(silenceTimeout: number): Socket {
  const socket = new Socket()
  return socket.setTimeout(silenceTimeout, () => socket.destroy(new Error(noResponseMessage)))
}

async function prepareDatabase(connection: BetterSqlite3.Database): Promise<void> {
  // Unlike statements, the switch does not wait for other processes.
  await whenUnlocked(() => connection.pragma('journal_mode = WAL'))
  connection.pragma('synchronous = FULL')
  // Pages. A checkpoint every 16 MB instead of 4 writes pages that change often less often.
  connection.pragma('wal_autocheckpoint = 4000')
  // A savepoint copies the pages that it changes, beyond 64 kB to a file.
  connection.pragma('temp_store = MEMORY')
  connection.pragma('foreign_keys = ON')
}
