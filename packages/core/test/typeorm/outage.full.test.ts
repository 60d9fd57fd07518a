import { beforeAll, describe, expect, test } from '@jest/globals'
import { type PostgresServer, shareBetweenTests, startPostgres } from '@pocket/test-support'
import pg from 'pg'
import { DataSource } from 'typeorm'
import { postgresOptions } from '../../src/typeorm/index.ts'
import { type Database, databaseOf } from '../../src/typeorm/internal-sql.ts'
import { noteTable } from './databases.ts'

const unavailable = expect.objectContaining({ status: 503, code: 'database_unavailable' })

/** A separate PostgreSQL with short time-outs. */
async function open(maxConnections?: number) {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startPostgres(maxConnections === undefined ? {} : { maxConnections }))
  const url = `${server.url}?statement_timeout=4000&query_timeout=5000&connect_timeout=4`
  const dataSource = await new DataSource({ ...postgresOptions(url, [noteTable]), synchronize: true }).initialize()
  stack.defer(() => dataSource.destroy())
  const opened = stack.move()
  return { server, url, database: databaseOf(dataSource), [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

const insert = (database: Database, id: string) =>
  database.execute('INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)', [id, id, false])

const hasSucceeded = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )

/** Retries until a query succeeds. */
async function waitForRecovery(database: Database): Promise<void> {
  while (!(await hasSucceeded(database.query('SELECT 1'))));
}

describe('PostgreSQL', () => {
  const opened = shareBetweenTests(() => open())
  let server: PostgresServer
  let database: Database

  beforeAll(async () => {
    server = opened.server
    database = opened.database
  })

  test('rejects every statement in time while PostgreSQL is frozen, and recovers automatically', async () => {
    // Some connections are open, and the others must be opened.
    await Promise.all(Array.from({ length: 4 }, () => database.query('SELECT 1')))
    server.suspend()
    const statements = Array.from({ length: 30 }, () => database.query('SELECT 1'))
    const ended = await Promise.allSettled([...statements, database.transaction(() => insert(database, 'frozen'))])
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['rejected']))
    for (const each of ended) if (each.status === 'rejected') expect(each.reason).toEqual(unavailable)
    server.resume()
    await waitForRecovery(database)
    expect(await insert(database, 'after')).toBe(1)
  })

  test('keeps no transaction open that PostgreSQL started while it was frozen', async () => {
    const interrupted = database.transaction(async () => {
      await insert(database, 'lost')
      server.suspend()
      await insert(database, 'lost too')
    })
    await expect(interrupted).rejects.toEqual(unavailable)
    server.resume()
    await waitForRecovery(database)
    const ids = Array.from({ length: 20 }, (_, index) => `kept ${index}`)
    await Promise.all(ids.map((id) => insert(database, id)))
    const witness = new pg.Client({ connectionString: server.url })
    await witness.connect()
    const { rows } = await witness.query(`SELECT id FROM host_note WHERE id LIKE 'kept%' OR id LIKE 'lost%'`)
    await witness.end()
    expect(rows.map(({ id }) => id).sort()).toEqual(ids.sort())
  })

  test('cancels a statement that waits too long for a lock', async () => {
    const holder = new pg.Client({ connectionString: server.url })
    await holder.connect()
    await holder.query('BEGIN; LOCK TABLE host_note IN ACCESS EXCLUSIVE MODE')
    await expect(insert(database, 'locked out')).rejects.toEqual(unavailable)
    await holder.query('ROLLBACK')
    await holder.end()
    expect(await insert(database, 'let in')).toBe(1)
  })

  test('recovers after its connections are closed', async () => {
    const terminateConnections = () =>
      database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    const working = Promise.allSettled(Array.from({ length: 10 }, () => database.query('SELECT pg_sleep(0.3)')))
    await terminateConnections()
    for (const each of await working) if (each.status === 'rejected') expect(each.reason).toEqual(unavailable)
    await waitForRecovery(database)
    expect(await database.transaction(() => insert(database, 'after the cut'))).toBe(1)
  })
})

test('rejects statements in time while PostgreSQL has no free connections, and recovers automatically', async () => {
  await using opened = await open(8)
  const { database, server } = opened
  const others: pg.Client[] = []
  const takeOne = async () => {
    const other = new pg.Client({ connectionString: server.url })
    other.on('error', () => {})
    const isTaken = await hasSucceeded(other.connect())
    if (isTaken) others.push(other)
    return isTaken
  }
  await takeOne()
  // Closes the connections of the pool and occupies them, until none is left.
  do {
    await others[0]?.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pocket'`)
    while (await takeOne());
  } while (await hasSucceeded(database.query('SELECT 1')))
  await expect(database.query('SELECT 1')).rejects.toEqual(unavailable)
  await expect(database.transaction(() => insert(database, 'none'))).rejects.toEqual(unavailable)
  await Promise.all(others.map((each) => each.end()))
  await waitForRecovery(database)
  expect(await insert(database, 'some')).toBe(1)
})
