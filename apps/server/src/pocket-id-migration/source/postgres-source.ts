import pg from 'pg'
import { messageOf } from '../../logging/failure.ts'
import { decodeActorState, isMigratedActor } from './actor-states.ts'
import { isFolder, picturesInFolder } from './picture-folder.ts'
import { assertLockExpired, assertNotRunning, selectLock } from './running-host.ts'
import { assertSchemaVersion, type RawSource, type SourcePicture } from './source.ts'
import { sourceError } from './source-error.ts'
import { orderOf } from './tables.ts'

export interface PostgresSourceOptions {
  readonly url: string
  /** The database for messages, without its password. */
  readonly description: string
  /** The folder of the pictures, unless they are in the database. */
  readonly uploads: string | undefined
}

/** Rows per round trip. */
const batchSize = 1000

type Row = Readonly<Record<string, unknown>>

/** Reads in one transaction that sees one snapshot and cannot write. */
export async function openPostgresSource({ url, description, uploads }: PostgresSourceOptions): Promise<RawSource> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // An error between two statements also fails the next one.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const tables = await findTables(client)
    if (!tables.has('schema_migrations') || !tables.has('webauthn_credentials'))
      throw sourceError(`${description} is not a database of Pocket ID: it does not have its tables.`)
    const schemaVersion = await readSchemaVersion(client)
    await assertStopped(client, tables)
    if (uploads !== undefined && !(await isFolder(uploads))) throw sourceError(`The folder ${uploads} does not exist.`)
    return createSource({ client, tables, schemaVersion, uploads })
  } catch (cause) {
    await client.end().catch(() => undefined)
    if (cause instanceof Error && cause.name === 'ConfigurationError') throw cause
    throw sourceError(`${description} cannot be read: ${messageOf(cause)}.`, cause)
  }
}

interface OpenPostgres {
  readonly client: pg.Client
  readonly tables: ReadonlySet<string>
  readonly schemaVersion: number
  readonly uploads: string | undefined
}

function createSource({ client, tables, schemaVersion, uploads }: OpenPostgres): RawSource {
  return {
    dialect: 'postgres',
    schemaVersion,
    async *rows(table) {
      const order = orderOf(table)
      const orderBy = order.length > 0 ? ` ORDER BY ${order.join(', ')}, ctid` : ''
      if (tables.has(table)) yield* readAll(client, `SELECT * FROM "${table}"${orderBy}`)
    },
    async count(table) {
      if (!tables.has(table)) return 0
      const { rows } = await client.query<Row>(`SELECT COUNT(*) AS number FROM "${table}"`)
      return Number(rows[0]?.number)
    },
    async *actorStates() {
      if (!tables.has('francis_actor_state')) return
      const states =
        'SELECT actor_type, actor_id, actor_state_data FROM francis_actor_state ORDER BY actor_type, actor_id'
      for await (const row of readAll(client, states)) {
        const type = String(row.actor_type)
        if (isMigratedActor(type) && row.actor_state_data instanceof Uint8Array)
          yield decodeActorState(type, String(row.actor_id), row.actor_state_data)
      }
    },
    async *pictures() {
      if (tables.has('storage'))
        for await (const { path } of readAll(client, 'SELECT path FROM storage ORDER BY path'))
          yield storedPicture(client, String(path))
      if (uploads !== undefined) yield* picturesInFolder(uploads)
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

let cursors = 0

/** Reads with a cursor, so that memory does not grow with the table. */
async function* readAll(client: pg.Client, sql: string): AsyncIterable<Row> {
  const cursor = `pocket_migration_${++cursors}`
  await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`)
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${batchSize} FROM ${cursor}`)
    yield* rows
    if (rows.length < batchSize) break
  }
  await client.query(`CLOSE ${cursor}`)
}

async function findTables(client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<Row>(
    'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))',
  )
  return new Set(rows.map(({ name }) => String(name)))
}

async function readSchemaVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<Row>('SELECT version, dirty FROM schema_migrations LIMIT 1')
  return assertSchemaVersion(rows[0]?.version, Boolean(rows[0]?.dirty))
}

/** Compares with the clock of the database, which the hosts use. */
async function assertStopped(client: pg.Client, tables: ReadonlySet<string>): Promise<void> {
  const clock = await client.query<Row>('SELECT EXTRACT(EPOCH FROM now()) * 1000 AS now')
  const now = Number(clock.rows[0]?.now ?? 0)
  if (tables.has('francis_hosts')) {
    const checkedAt = 'EXTRACT(EPOCH FROM host_last_health_check) * 1000 AS checked_at'
    assertNotRunning((await client.query<Row>(`SELECT ${checkedAt} FROM francis_hosts`)).rows, now)
  }
  if (tables.has('kv')) assertLockExpired((await client.query<Row>(selectLock)).rows, now)
}

function storedPicture(client: pg.Client, path: string): SourcePicture {
  return {
    path,
    async read() {
      const { rows } = await client.query<Row>('SELECT data FROM storage WHERE path = $1', [path])
      const data = rows[0]?.data
      return data instanceof Uint8Array ? Buffer.from(data) : Buffer.alloc(0)
    },
  }
}
