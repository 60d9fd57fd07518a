import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DataSource } from 'typeorm'
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js'
import { postgresOptions } from '../../src/typeorm/index.ts'
import { type Database, databaseOf, type Parameter } from '../../src/typeorm/internal-sql.ts'
import { createPostgres, type EmptyDatabase } from './databases.ts'
import { startSplittingProxy } from './splitting-proxy.ts'

const unavailable = expect.objectContaining({ status: 503, code: 'database_unavailable' })

describe('reads by key of concurrent requests', () => {
  let empty: EmptyDatabase
  let dataSource: DataSource
  let database: Database
  const open = async (address: string) => {
    dataSource = await new DataSource(postgresOptions(address)).initialize()
    database = databaseOf(dataSource)
  }

  beforeEach(async () => {
    empty = await createPostgres()
    await open(empty.address)
  })
  afterEach(async () => {
    if (dataSource.isInitialized) await dataSource.destroy()
    await empty[Symbol.asyncDispose]()
  })

  const readByKey = <Row extends object>(sql: string, parameters: readonly Parameter[] = [], row?: string) =>
    database.query<Row>(sql, parameters, { row, isKeyRead: true })
  const echo = async (text: string) => (await readByKey<{ text: string }>('SELECT $1 AS text', [text]))[0]?.text
  const pid = async () => (await readByKey<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid

  test('share a connection', async () => {
    const pids = await Promise.all(Array.from({ length: 8 }, pid))
    expect(new Set(pids).size).toBe(1)
  })

  test('each have their result, also when there are many', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`)
    expect(await Promise.all(texts.map(echo))).toEqual(texts)
    expect(await Promise.all(texts.map(echo))).toEqual(texts)
  })

  test('fail alone, and the next ones succeed', async () => {
    await using proxy = await startSplittingProxy(empty.address)
    await dataSource.destroy()
    await open(proxy.address)
    const divide = (divisor: number) => readByKey<{ result: number }>('SELECT 6 / $1::int AS result', [divisor])
    const missing = () => readByKey('SELECT 1 FROM missing')
    for (let times = 0; times < 2; times++) {
      const ended = await Promise.allSettled([divide(2), divide(0), missing(), echo('a'), divide(3), divide(0)])
      const results = ended.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))
      expect(results).toEqual([[{ result: 3 }], 'failed', 'failed', 'a', [{ result: 2 }], 'failed'])
    }
  })

  test('fail together when their connection is lost, and the next ones succeed', async () => {
    const terminate = readByKey('SELECT pg_terminate_backend(pg_backend_pid())')
    const ended = await Promise.allSettled([echo('before'), terminate, echo('after'), echo('after')])
    expect(ended.slice(1)).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: unavailable })))
    expect(await Promise.all([echo('a'), echo('b')])).toEqual(['a', 'b'])
  })

  test('fail together when one takes too long, instead of waiting for the timeout of each', async () => {
    await dataSource.destroy()
    await open(`${empty.address}?statement_timeout=500`)
    const sleep = () => readByKey('SELECT pg_sleep(60)')
    const ended = await Promise.allSettled([echo('before'), sleep(), sleep(), echo('after')])
    const outcomes = ended.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.cause.message))
    const lost = 'Connection terminated unexpectedly'
    expect(outcomes).toEqual(['before', 'canceling statement due to statement timeout', lost, lost])
    expect(await Promise.all([echo('a'), echo('b')])).toEqual(['a', 'b'])
  })

  test('see what their request has written, and stay within its transaction', async () => {
    await database.execute('CREATE TABLE item (id text PRIMARY KEY, text text)')
    const find = (id: string) => readByKey('SELECT text FROM item WHERE id = $1', [id], id)
    const work = async (id: string) => {
      await database.execute('INSERT INTO item (id, text) VALUES ($1, $2)', [id, 'first'])
      expect(await find(id)).toEqual([{ text: 'first' }])
      await database.transaction(async () => {
        await database.execute('UPDATE item SET text = $2 WHERE id = $1', [id, 'second'])
        expect(await find(id)).toEqual([{ text: 'second' }])
      })
      expect(await find(id)).toEqual([{ text: 'second' }])
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(work))
  })

  test('are rejected after the DataSource was destroyed', async () => {
    await dataSource.destroy()
    const ended = await Promise.allSettled([echo('a'), echo('b')])
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  test('are sent one by one if the driver cannot pipeline', async () => {
    const { master } = dataSource.driver as PostgresDriver
    master.on('acquire', (client: object) => Reflect.deleteProperty(client, 'pipeline'))
    const pids = await Promise.all(Array.from({ length: 8 }, pid))
    expect(new Set(pids).size).toBeGreaterThan(1)
    expect(await Promise.all([echo('a'), echo('b')])).toEqual(['a', 'b'])
  })

  test('return their connection to the pool, without pipeline mode', async () => {
    const [first] = await Promise.all([pid(), pid()])
    expect(database.pool).toMatchObject({ used: 0, waiting: 0 })
    const { master } = dataSource.driver as PostgresDriver
    const client = await master.connect()
    const { processID, pipeline } = client
    client.release()
    expect({ pid: processID, pipeline }).toEqual({ pid: first, pipeline: false })
  })
})
