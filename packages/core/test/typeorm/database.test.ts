import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js'
import { ConfigurationError } from '../../src/errors.ts'
import { postgresOptions, runMigrations, sqliteOptions, typeormStores } from '../../src/typeorm/index.ts'
import { type Database, databaseOf } from '../../src/typeorm/internal-sql.ts'
import { createSqlite, databases, note, noteTable, openNoteDatabase, optionsFor } from './databases.ts'

const insert = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'

describe.each(databases)('%s', (kind, open) => {
  const notes = startForEachTest(() => openNoteDatabase(open))
  let database: Database

  beforeEach(() => {
    database = databaseOf(notes.dataSource)
  })

  async function listIds(): Promise<string[]> {
    const rows = await database.query<{ id: string }>('SELECT id FROM host_note ORDER BY id')
    return rows.map(({ id }) => id)
  }

  test('has a kind, and is shared by all callers', () => {
    expect(database.kind).toBe(kind === 'SQLite' ? 'sqlite' : 'postgres')
    expect(databaseOf(notes.dataSource)).toBe(database)
  })

  test('binds parameters by number in any order, and accepts every kind of value', async () => {
    await database.execute('INSERT INTO host_note (pinned, text, id) VALUES ($3, $2, $1)', ['a', 'it’s "$1"', true])
    const rows = await database.query('SELECT id, text FROM host_note WHERE pinned = $2 AND id = $1 AND id = $1', [
      'a',
      true,
    ])
    expect(rows).toEqual([{ id: 'a', text: 'it’s "$1"' }])
    await expect(database.execute(insert, ['b', null, false])).rejects.toThrow()
  })

  const insertLater = (id: string, onCount?: (count: number) => void) =>
    database.executeLater({ sql: insert, parameters: [id, '', false], row: id, ...(onCount && { onCount }) })
  const find = (id: string) => database.query('SELECT id FROM host_note WHERE id = $1', [id], { row: id })

  test('sends deferred writes before a statement that may concern them, and before the commit', async () => {
    const counts: number[] = []
    await database.transaction(async () => {
      await insertLater('a', (count) => void counts.push(count))
      await insertLater('b')
      expect(await find('c')).toEqual([])
      expect(await listIds()).toEqual(['a', 'b'])
      await insertLater('c')
      expect(await find('c')).toEqual([{ id: 'c' }])
      await insertLater('d')
      expect(await database.execute('UPDATE host_note SET text = $1 WHERE id = $2', ['new', 'a'], 'a')).toBe(1)
      await insertLater('e')
    })
    expect(await listIds()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await database.query('SELECT text FROM host_note ORDER BY id LIMIT 2')).toEqual([
      { text: 'new' },
      { text: '' },
    ])
    expect(counts).toEqual([1])
  })

  test('sends deferred writes before a statement that cannot be combined with them', async () => {
    await database.transaction(async () => {
      await insertLater('a')
      await database.lockTable('host_note')
      await insertLater('b')
      await database.execute('WITH note AS (SELECT 1) UPDATE host_note SET text = $1 WHERE id = $2', ['new', 'c'], 'c')
    })
    expect(await listIds()).toEqual(['a', 'b'])
  })

  test('rolls back deferred writes with their transaction, and it with them', async () => {
    const failing = database.transaction(async () => {
      await insertLater('a')
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    const rejecting = database.transaction(async () => {
      await database.execute(insert, ['b', '', false])
      await insertLater('c', () => {
        throw new Error('rejected')
      })
    })
    await expect(rejecting).rejects.toThrow('rejected')
    const repeating = database.transaction(async () => {
      await insertLater('d')
      await insertLater('d')
    })
    await expect(repeating).rejects.toThrow()
    expect(await listIds()).toEqual([])
  })

  test('sends the writes of a batch before it ends, also before a transaction', async () => {
    const afterwards = Promise.withResolvers<void>()
    const late: { write?: Promise<void> } = {}
    await database.batch(async () => {
      await insertLater('a')
      await database.transaction(async () => expect(await listIds()).toEqual(['a']))
      await insertLater('b')
      late.write = afterwards.promise.then(() => insertLater('c'))
    })
    expect(await listIds()).toEqual(['a', 'b'])
    afterwards.resolve()
    await late.write
    expect(await listIds()).toEqual(['a', 'b', 'c'])
  })

  test('counts the rows of a SELECT that is sent after deferred writes', async () => {
    await database.transaction(async () => {
      await insertLater('a')
      expect(await database.execute('SELECT 1 WHERE $1 = 1', [1])).toBe(1)
      await insertLater('b')
      expect(await database.execute('SELECT 1 WHERE $1 = 1', [0])).toBe(0)
    })
    expect(await listIds()).toEqual(['a', 'b'])
  })

  test('fails a batch whose writes fail, even if the failure was ignored', async () => {
    const ignoring = database.batch(async () => {
      await insertLater('a')
      await database.executeLater({ sql: insert, parameters: ['b', null, false], row: 'b' }).catch(() => undefined)
      await listIds().catch(() => undefined)
    })
    await expect(ignoring).rejects.toThrow()
  })

  if (kind === 'SQLite')
    test('commits the deferred writes of a batch together', async () => {
      // TypeORM declares only the interface of the driver.
      const { databaseConnection } = notes.dataSource.driver as BetterSqlite3Driver
      const exec = jest.spyOn(databaseConnection, 'exec')
      await database.batch(async () => {
        await insertLater('a')
        await insertLater('b')
        expect(await database.execute(insert, ['c', '', false], 'c')).toBe(1)
      })
      expect(exec.mock.calls).toEqual([['BEGIN IMMEDIATE'], ['COMMIT']])
      expect(await listIds()).toEqual(['a', 'b', 'c'])
    })

  test('counts the rows that a statement changes or returns', async () => {
    expect(await database.execute(insert, ['a', '', false])).toBe(1)
    expect(await database.execute(insert, ['b', '', false])).toBe(1)
    expect(await database.execute('UPDATE host_note SET text = $1', ['new'])).toBe(2)
    expect(await database.execute('DELETE FROM host_note WHERE id = $1', ['none'])).toBe(0)
    expect(await database.query('DELETE FROM host_note WHERE id = $1 RETURNING text', ['a'])).toEqual([{ text: 'new' }])
    expect(await database.execute('DELETE FROM host_note RETURNING id')).toBe(1)
  })

  test.each([
    'SELECT * FROM pocket_nothing',
    'SELECT missing FROM host_note',
    'INSERT INTO host_note (missing) VALUES (1)',
  ])('reports missing migrations for %s', async (statement) => {
    await expect(database.query(statement)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('pocketMigrations'),
      details: { option: 'dataSource' },
      fields: [{ field: 'dataSource', code: 'not_migrated' }],
    })
  })

  test('reports a database error only to its caller', async () => {
    await database.execute(insert, ['a', '', false])
    const results = await Promise.allSettled([
      database.execute(insert, ['a', '', false]),
      database.execute(insert, ['b', '', false]),
      database.execute('SELECT nonsense'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
    expect(await listIds()).toEqual(['a', 'b'])
  })

  test('joins a transaction that the host has started', async () => {
    const failing = notes.dataSource.transaction(async (manager) => {
      await manager.insert(noteTable, note('host'))
      await database.execute(insert, ['ours', '', false])
      expect(await listIds()).toEqual(['host', 'ours'])
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await listIds()).toEqual([])
  })

  test('rolls back only the nested part of a transaction that the host nests', async () => {
    await notes.dataSource.transaction(async (outer) => {
      await database.execute(insert, ['outer', '', false])
      const inner = outer.transaction(async () => {
        await database.execute(insert, ['inner', '', false])
        throw new Error('on purpose')
      })
      await expect(inner).rejects.toThrow('on purpose')
    })
    expect(await listIds()).toEqual(['outer'])
  })

  test('runs many concurrent statements in one transaction', async () => {
    await database.transaction(async () => {
      await Promise.all(['a', 'b', 'c', 'd'].map((id) => database.execute(insert, [id, '', false])))
    })
    expect(await listIds()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('keeps an isolation level that the host sets', async () => {
    const level = kind === 'SQLite' ? 'READ UNCOMMITTED' : 'REPEATABLE READ'
    const question = kind === 'SQLite' ? 'PRAGMA read_uncommitted' : 'SHOW transaction_isolation'
    const answer = await notes.dataSource.transaction(level, () => database.query(question))
    expect(answer).toEqual([kind === 'SQLite' ? { read_uncommitted: 1 } : { transaction_isolation: 'repeatable read' }])
  })

  test('serializes transactions that read and write with a table lock', async () => {
    const insertFirst = (index: number) =>
      database.transaction(async () => {
        await database.lockTable('host_note')
        const present = await listIds()
        if (present.length === 0) await database.execute(insert, [`note ${index}`, '', false])
        return present.length === 0
      })
    // Opens all connections of the pool, because a connection that is still opening would be too late for the race.
    await Promise.all(Array.from({ length: 50 }, () => database.query('SELECT 1')))
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => insertFirst(index)))
    expect(results.filter(Boolean)).toEqual([true])
    expect(await listIds()).toEqual([`note ${results.indexOf(true)}`])
  })

  test('rejects a table lock outside a transaction', async () => {
    await expect(database.lockTable('host_note')).rejects.toThrow('within a transaction')
  })

  test('rejects statements and nested transactions after the end of their transaction', async () => {
    let release = () => {}
    const later = new Promise<void>((resolve) => {
      release = resolve
    })
    let late: Promise<unknown>[] = []
    await database.transaction(async () => {
      late = [
        later.then(() => database.execute(insert, ['statement', '', false])),
        later.then(() => database.transaction(() => database.execute(insert, ['transaction', '', false]))),
      ]
    })
    release()
    const results = await Promise.allSettled(late)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await listIds()).toEqual([])
  })
})

describe('unusable DataSource', () => {
  test('is rejected while it is not initialized', async () => {
    await using database = await createSqlite()
    const dataSource = new DataSource(optionsFor(database))
    expect(() => typeormStores(dataSource)).toThrow(ConfigurationError)
    for (const other of [undefined, 'service.sqlite'])
      expect(() => typeormStores(other as unknown as DataSource)).toThrow('must be initialized first')
    await expect(runMigrations(undefined as never, [])).rejects.toThrow(ConfigurationError)
    await dataSource.initialize()
    expect(typeormStores(dataSource).artifacts).toBeDefined()
    await dataSource.destroy()
  })

  test.each([sqliteOptions, postgresOptions])('is rejected if the tables are not a list', (optionsOf) => {
    expect(() => optionsOf('postgres://db/pocket', null as never)).toThrow('tables must be a list')
  })
})
