import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { DataSource } from 'typeorm'
import type { PocketStores } from '../../src/stores.ts'
import { client } from '../../src/testing/contracts/client-store.ts'
import { pocketMigrations, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { type Database, databaseOf } from '../../src/typeorm/internal-sql.ts'
import { databases, type EmptyDatabase, optionsFor } from './databases.ts'

interface ServerProcess {
  readonly stores: PocketStores
  readonly database: Database
  readonly dataSource: DataSource
}

const realNow = performance.now.bind(performance)
/** Milliseconds by which the clock of the cache is ahead. */
let ahead = 0

// A spy of a module would be restored by other files of the same run.
beforeAll(() => void jest.spyOn(performance, 'now').mockImplementation(() => realNow() + ahead))
afterAll(() => void jest.mocked(performance.now).mockRestore())

describe.each(databases)('cached rows on %s', (_kind, open) => {
  let empty: EmptyDatabase
  let one: ServerProcess
  let other: ServerProcess

  const start = async (): Promise<ServerProcess> => {
    const dataSource = await new DataSource(optionsFor(empty)).initialize()
    return { dataSource, stores: typeormStores(dataSource), database: databaseOf(dataSource) }
  }

  beforeEach(async () => {
    empty = await open()
    await runMigrations(optionsFor(empty), [pocketMigrations])
    one = await start()
    other = await start()
    await one.stores.clients.insert(client('a', { name: 'first' }))
    expect(await readCachedName(one)).toBe('first')
    expect(await readCachedName(other)).toBe('first')
  })
  afterEach(async () => {
    await one.dataSource.destroy()
    await other.dataSource.destroy()
    await empty[Symbol.asyncDispose]()
  })

  const readCachedName = async ({ stores }: ServerProcess) => (await stores.clients.findCached('a'))?.name
  const rename = ({ stores }: ServerProcess, name: string) => stores.clients.update(client('a', { name }))
  const spyOnStatements = ({ database }: ServerProcess) => jest.spyOn(database, 'query')

  test('are read once, and the version once a second', async () => {
    ahead += 1000
    const query = spyOnStatements(one)
    for (let times = 0; times < 3; times++) expect(await readCachedName(one)).toBe('first')
    expect(query.mock.calls.map(([sql]) => sql)).toEqual(['SELECT version FROM "pocket_cache_version"'])
  })

  test('show changes of the same process immediately', async () => {
    await rename(one, 'second')
    expect(await readCachedName(one)).toBe('second')
    await one.stores.clients.setAllowedTo('group', ['a'])
    expect((await one.stores.clients.findCached('a'))?.allowedGroupIds).toEqual(['group'])
    await one.stores.clients.remove('a')
    expect(await readCachedName(one)).toBeUndefined()
  })

  test('show changes of another process after a second', async () => {
    await rename(other, 'second')
    ahead += 1000
    expect(await readCachedName(one)).toBe('second')
    await other.stores.clients.remove('a')
    ahead += 1000
    expect(await readCachedName(one)).toBeUndefined()
  })

  test('show a client of another process immediately, because absence is not cached', async () => {
    expect(await one.stores.clients.findCached('b')).toBeUndefined()
    await other.stores.clients.insert(client('b'))
    expect(await one.stores.clients.findCached('b')).toEqual(client('b'))
  })

  test('are read from the database in a transaction', async () => {
    await rename(other, 'second')
    await one.stores.transaction(async () => expect(await readCachedName(one)).toBe('second'))
  })

  test('show nothing of a transaction that is rolled back', async () => {
    const rolledBack = one.stores.transaction(async () => {
      await rename(one, 'second')
      expect(await readCachedName(one)).toBe('second')
      throw new Error('on purpose')
    })
    await expect(rolledBack).rejects.toThrow('on purpose')
    expect(await readCachedName(one)).toBe('first')
  })

  test('are not kept if they were read before a change', async () => {
    one.database.forgetCachedRows()
    const query = spyOnStatements(one)
    query.mockImplementationOnce(async () => {
      query.mockRestore()
      const before = await one.database.query('SELECT id, name FROM pocket_client')
      await rename(one, 'second')
      return before as never
    })
    await one.stores.clients.findCached('a').catch(() => undefined)
    expect(await readCachedName(one)).toBe('second')
  })

  test('are read again after a minute, in case something else has changed them', async () => {
    await one.dataSource.query("UPDATE pocket_client SET name = 'by hand'")
    ahead += 30_000
    expect(await readCachedName(one)).toBe('first')
    ahead += 30_000
    expect(await readCachedName(one)).toBe('by hand')
  })

  test('fail if the version cannot be read', async () => {
    ahead += 1000
    await one.dataSource.query('DROP TABLE pocket_cache_version')
    await expect(readCachedName(one)).rejects.toThrow()
  })
})
