import { setImmediate as nextIteration } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import SqliteDatabase from 'better-sqlite3'
import { DataSource } from 'typeorm'
import { type Database, databaseOf } from '../../src/typeorm/internal-sql.ts'
import { createSqlite, note, noteTable, openNoteDatabase, optionsFor } from './databases.ts'

const insert = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'

const notes = startForEachTest(() => openNoteDatabase(createSqlite))
let dataSource: DataSource
let database: Database

beforeEach(() => {
  dataSource = notes.dataSource
  database = databaseOf(dataSource)
})

async function listIds(): Promise<string[]> {
  const rows = await database.query<{ id: string }>('SELECT id FROM host_note ORDER BY id')
  return rows.map(({ id }) => id)
}

/** The rows that another process sees. */
function readCommittedIds(): string[] {
  const other = new SqliteDatabase(notes.address, { readonly: true })
  try {
    return other.prepare<[], string>('SELECT id FROM host_note ORDER BY id').pluck().all()
  } finally {
    other.close()
  }
}

let execute: jest.SpiedFunction<SqliteDatabase.Database['exec']>

beforeEach(() => {
  execute = jest.spyOn(SqliteDatabase.prototype, 'exec')
})

afterEach(() => execute.mockRestore())

const countCalls = (sql: string) => execute.mock.calls.filter(([executed]) => executed.startsWith(sql)).length
/** The commits of this test. */
const countCommits = () => countCalls('COMMIT')

interface Signal {
  readonly given: Promise<void>
  give(): void
}

function createSignal(): Signal {
  let give = () => {}
  const input = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given: input, give: () => give() }
}

/** An open transaction that has written `mine`, and fails or commits on demand. */
async function openTransaction(): Promise<{ fail(): void; keep(): void; end: Promise<string> }> {
  const started = createSignal()
  const kept = createSignal()
  const failed = createSignal()
  const transaction = database.transaction(async () => {
    await database.execute(insert, ['mine', '', false])
    started.give()
    await Promise.race([kept.given, failed.given.then(() => Promise.reject(new Error('on purpose')))])
  })
  const end = transaction.then(
    () => 'kept',
    () => 'undone',
  )
  await started.given
  return { end, keep: kept.give, fail: failed.give }
}

const hostWrites: Readonly<Record<string, () => Promise<unknown>>> = {
  'repository.save': () => dataSource.getRepository(noteTable).save(note('theirs')),
  'repository.insert': () => dataSource.getRepository(noteTable).insert(note('theirs')),
  'dataSource.query': () => dataSource.query("INSERT INTO host_note (id, text, pinned) VALUES ('theirs', '', 0)"),
  'dataSource.transaction': () => dataSource.transaction((manager) => manager.insert(noteTable, note('theirs'))),
  'a query runner': async () => {
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.insert(noteTable, note('theirs'))
    await runner.commitTransaction()
    await runner.release()
  },
  'Database.execute': () => database.execute(insert, ['theirs', '', false]),
  'Database.transaction': () => database.transaction(() => database.execute(insert, ['theirs', '', false])),
}

describe.each(Object.entries(hostWrites))('a write of the host by %s', (_way, write) => {
  test('survives the rollback of a concurrent transaction', async () => {
    const transaction = await openTransaction()
    const written = write()
    transaction.fail()
    expect(await transaction.end).toBe('undone')
    await written
    expect(readCommittedIds()).toEqual(['theirs'])
  })

  test('is committed by its own transaction, not by the concurrent one', async () => {
    const transaction = await openTransaction()
    let acknowledged = false
    const written = write().then(() => {
      acknowledged = true
    })
    // Two rounds of the event loop are enough for a write that does not wait.
    for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(acknowledged).toBe(false)
    transaction.keep()
    await written
    expect(readCommittedIds()).toEqual(['mine', 'theirs'])
  })
})

describe('transactions', () => {
  test('block reads of others until the end, so that no rolled-back data is visible', async () => {
    const transaction = await openTransaction()
    const reads = [listIds(), dataSource.query('SELECT id FROM host_note'), dataSource.getRepository(noteTable).find()]
    transaction.fail()
    expect(await Promise.all(reads)).toEqual([[], [], []])
    await transaction.end
  })

  test('hold the write lock from the start', async () => {
    const other = new SqliteDatabase(notes.address, { timeout: 0 })
    await database.transaction(async () => {
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked')
    })
    other.exec('BEGIN IMMEDIATE')
    other.close()
  })

  test('include statements through the API of the host without a deadlock', async () => {
    const failing = database.transaction(async () => {
      await dataSource.getRepository(noteTable).save(note('a'))
      await dataSource.query("INSERT INTO host_note (id, text, pinned) VALUES ('b', '', 0)")
      await dataSource.transaction((manager) => manager.insert(noteTable, note('c')))
      expect(await listIds()).toEqual(['a', 'b', 'c'])
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await listIds()).toEqual([])
  })

  test('keep concurrent nested transactions separate', async () => {
    await database.transaction(async () => {
      const results = await Promise.allSettled([
        dataSource.transaction(async (manager) => {
          await manager.insert(noteTable, note('undone'))
          await Promise.resolve()
          throw new Error('on purpose')
        }),
        dataSource.transaction((manager) => manager.insert(noteTable, note('kept'))),
        database.execute(insert, ['plain', '', false]),
        dataSource.getRepository(noteTable).save(note('saved')),
      ])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    })
    expect(readCommittedIds()).toEqual(['kept', 'plain', 'saved'])
  })

  test('are rolled back if they are left without a commit', async () => {
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.insert(noteTable, note('a'))
    await runner.release()
    expect(await listIds()).toEqual([])
  })

  test('release the turn if they cannot begin', async () => {
    const other = new SqliteDatabase(notes.address)
    other.exec('BEGIN IMMEDIATE')
    let now = 0
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 6000))
    const locked = {
      code: 'database_unavailable',
      cause: { message: expect.stringContaining('database is locked') },
    }
    await expect(database.transaction(async () => {})).rejects.toMatchObject(locked)
    await expect(database.execute(insert, ['a', '', false])).rejects.toMatchObject(locked)
    clock.mockRestore()
    other.exec('ROLLBACK')
    other.close()
    await database.transaction(() => database.execute(insert, ['b', '', false]))
    expect(await listIds()).toEqual(['b'])
  })

  test.each([
    ['full', 'PRAGMA max_page_count = 1', 'PRAGMA max_page_count = 1000000'],
    ['read-only', 'PRAGMA query_only = 1', 'PRAGMA query_only = 0'],
  ])('fail on a %s disk without a trace, and work again afterwards', async (_, limit, lift) => {
    const long = 'x'.repeat(100_000)
    await dataSource.query(limit)
    const unavailable = { code: 'database_unavailable' }
    await expect(database.execute(insert, ['a', long, false])).rejects.toMatchObject(unavailable)
    const transaction = database.transaction(() => database.execute(insert, ['b', long, false]))
    await expect(transaction).rejects.toMatchObject(unavailable)
    expect(readCommittedIds()).toEqual([])
    await dataSource.query(lift)
    await database.transaction(() => database.execute(insert, ['c', long, false]))
    await database.execute(insert, ['d', long, false])
    expect(readCommittedIds()).toEqual(['c', 'd'])
  })

  test('write nothing after the database has rolled back', async () => {
    const failing = database.transaction(async () => {
      await database.execute(insert, ['a', '', false])
      const full = database.execute('INSERT OR ROLLBACK INTO host_note (id, text, pinned) VALUES ($1, $1, $2)', [
        'a',
        false,
      ])
      await expect(full).rejects.toThrow('UNIQUE')
      await expect(database.execute(insert, ['b', '', false])).rejects.toThrow('has ended')
      await expect(dataSource.getRepository(noteTable).insert(note('c'))).rejects.toThrow('has ended')
    })
    await expect(failing).rejects.toThrow()
    expect(await listIds()).toEqual([])
    await database.execute(insert, ['d', '', false])
    expect(readCommittedIds()).toEqual(['d'])
  })

  test('cannot be started by SQL, because their owner would be unknown', async () => {
    await expect(dataSource.query('BEGIN')).rejects.toThrow('dataSource.transaction')
    await database.execute(insert, ['a', '', false])
    expect(readCommittedIds()).toEqual(['a'])
  })

  test('of the same tick share a commit, without those that fail', async () => {
    const before = countCommits()
    const results = await Promise.allSettled(
      ['a', 'fails', 'c'].map((id) =>
        database.transaction(async () => {
          await database.execute(insert, [id, '', false])
          if (id === 'fails') throw new Error('on purpose')
        }),
      ),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(readCommittedIds()).toEqual(['a', 'c'])
    expect(countCommits() - before).toBe(1)
  })

  test('are savepoints only after the first of their commit, because SQLite copies pages for a savepoint', async () => {
    const countSavepoints = () => countCalls('SAVEPOINT')
    const write = (id: string) => database.transaction(() => database.execute(insert, [id, '', false]))
    await write('a')
    expect(countSavepoints()).toBe(0)
    await Promise.all([write('b'), write('c')])
    expect(countSavepoints()).toBe(1)
    await Promise.all([database.execute(insert, ['d', '', false]), write('e')])
    expect(countSavepoints()).toBe(2)
    expect(readCommittedIds()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('that fail first do not affect those that would have shared their commit', async () => {
    const results = await Promise.allSettled(
      ['fails', 'b'].map((id) =>
        database.transaction(async () => {
          await database.execute(insert, [id, '', false])
          if (id === 'fails') throw new Error('on purpose')
        }),
      ),
    )
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(readCommittedIds()).toEqual(['b'])
  })

  test('fail if the database rolls back one that shares their commit', async () => {
    const results = await Promise.allSettled([
      database.execute(insert, ['a', '', false]),
      database.transaction(() => database.execute(insert, ['b', '', false])),
      database.transaction(() =>
        database.execute('INSERT OR ROLLBACK INTO host_note (id, text, pinned) VALUES ($1, $1, $2)', ['a', false]),
      ),
    ])
    const unavailable = { status: 'rejected', reason: { code: 'database_unavailable' } }
    expect(results).toMatchObject([unavailable, unavailable, { status: 'rejected' }])
    expect(await listIds()).toEqual([])
    await database.transaction(() => database.execute(insert, ['d', '', false]))
    expect(readCommittedIds()).toEqual(['d'])
  })

  test('that end run no statement in the next one', async () => {
    for (let ticks = 0; ticks < 40; ticks += 1) {
      const runner = dataSource.createQueryRunner()
      await runner.startTransaction()
      const ending = runner.commitTransaction()
      const next = database.transaction(() => Promise.reject(new Error('on purpose')))
      for (let tick = 0; tick < ticks; tick += 1) await undefined
      const late = runner.query("INSERT INTO host_note (id, text, pinned) VALUES (?, '', 0)", [`late ${ticks}`])
      const [{ status }] = await Promise.allSettled([late, ending, next])
      expect(readCommittedIds().includes(`late ${ticks}`)).toBe(status === 'fulfilled')
      await runner.release()
    }
  })

  test('that are rolled back keep no statement that was not awaited', async () => {
    const others = ['a', 'b'].map((id) => database.transaction(() => database.execute(insert, [id, '', false])))
    const late: Promise<unknown>[] = []
    const failing = dataSource.transaction(async ({ queryRunner }) => {
      for (let index = 0; index < 60; index += 1) {
        const issue = async () => {
          for (let tick = 0; tick < index; tick += 1) await undefined
          await queryRunner?.query("INSERT INTO host_note (id, text, pinned) VALUES (?, '', 0)", [`late ${index}`])
        }
        late.push(issue())
      }
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    await Promise.allSettled([...late, ...others])
    expect(readCommittedIds()).toEqual(['a', 'b'])
  })

  test('are rejected only after the commit of those whose changes they may have seen', async () => {
    const consume = () =>
      database.transaction(async () => {
        const count = await database.execute("UPDATE host_note SET text = 'used' WHERE text = 'unused'")
        if (count === 0) throw new Error('already used')
      })
    await database.execute(insert, ['code', 'unused', false])
    const before = countCommits()
    const first = consume()
    const rejected = consume().catch(() => countCommits() - before)
    const third = database.transaction(async () => {
      for (let step = 0; step < 20; step += 1) await database.execute(insert, [`${step}`, '', false])
    })
    expect(await rejected).toBe(1)
    await Promise.all([first, third])
  })

  test('that fail let others wait for at most 32 of them', async () => {
    const before = countCommits()
    const first = database.transaction(() => database.execute(insert, ['first', '', false]))
    let ended = 0
    const failing = Array.from({ length: 100 }, () =>
      database
        .transaction(() => Promise.reject(new Error('on purpose')))
        .catch(() => {
          ended += 1
        }),
    )
    await first
    expect(ended).toBeLessThan(33)
    await Promise.all(failing)
    expect(countCommits() - before).toBe(1)
  })

  test('that are nested count as use of the outer one', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      const first = database.transaction(() => database.execute(insert, ['a', '', false]))
      const second = dataSource.transaction((outer) =>
        outer.transaction(async (inner) => {
          for (let step = 0; step < 5; step += 1) {
            await inner.query('SELECT 1')
            jest.advanceTimersByTime(9_000)
          }
          await inner.insert(noteTable, note('b'))
        }),
      )
      await Promise.all([first, second])
      expect(readCommittedIds()).toEqual(['a', 'b'])
    } finally {
      jest.useRealTimers()
    }
  })

  test('cannot be ended by SQL from within, since others share the commit', async () => {
    for (const sql of ['COMMIT', 'commit;', 'END TRANSACTION', 'ROLLBACK', ' rollback']) {
      const written = database.execute(insert, [sql, '', false])
      const ending = database.transaction(async () => {
        await database.execute(insert, [`in ${sql}`, '', false])
        await dataSource.query(sql)
      })
      await expect(ending).rejects.toThrow('not with SQL')
      const nested = dataSource.transaction((outer) => outer.transaction((inner) => inner.query(sql)))
      await expect(nested).rejects.toThrow('not with SQL')
      await written
    }
    expect(await listIds()).toHaveLength(5)
  })

  test('can be rolled back by their runner after their commit failed', async () => {
    await dataSource.query(`CREATE TABLE host_reference (
      note_id text REFERENCES host_note (id) DEFERRABLE INITIALLY DEFERRED)`)
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.query("INSERT INTO host_reference VALUES ('nobody')")
    await expect(runner.commitTransaction()).rejects.toThrow('FOREIGN KEY')
    await runner.rollbackTransaction()
    await expect(runner.rollbackTransaction()).rejects.toThrow('not started')
    await runner.startTransaction()
    await runner.manager.insert(noteTable, note('a'))
    await runner.commitTransaction()
    await runner.release()
    expect(readCommittedIds()).toEqual(['a'])
  })

  test('that share the commit of a broken reference can be repeated', async () => {
    await dataSource.query(`CREATE TABLE host_reference (
      note_id text REFERENCES host_note (id) DEFERRABLE INITIALLY DEFERRED)`)
    const results = await Promise.allSettled([
      database.transaction(() => database.execute(insert, ['a', '', false])),
      database.transaction(() => database.execute('INSERT INTO host_reference VALUES ($1)', ['nobody'])),
    ])
    const unavailable = { status: 'rejected', reason: { code: 'database_unavailable' } }
    expect(results).toMatchObject([unavailable, unavailable])
    const alone = database.transaction(() => database.execute('INSERT INTO host_reference VALUES ($1)', ['nobody']))
    await expect(alone).rejects.toThrow('FOREIGN KEY')
  })

  test('fail if one waits ten seconds for the result of another one that shares its commit', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      const first = database.transaction(() => database.execute(insert, ['a', '', false]))
      const waits = createSignal()
      const second = database.transaction(async () => {
        await database.execute(insert, ['b', '', false])
        waits.give()
        await first
      })
      const results = Promise.allSettled([first, second])
      await waits.given
      jest.advanceTimersByTime(20_000)
      expect(await results).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
      expect(readCommittedIds()).toEqual([])
      await database.execute(insert, ['c', '', false])
      expect(readCommittedIds()).toEqual(['c'])
    } finally {
      jest.useRealTimers()
    }
  })

  test('time out after waiting ten seconds for another one', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      const transaction = await openTransaction()
      const waiting = [listIds(), dataSource.query('SELECT 1'), database.transaction(async () => {})]
      const results = Promise.allSettled(waiting)
      jest.advanceTimersByTime(9_999)
      expect(await Promise.race([results, 'still waiting'])).toBe('still waiting')
      jest.advanceTimersByTime(1)
      const late = { message: expect.stringContaining('10000 ms') }
      const unavailable = { code: 'database_unavailable', cause: late }
      expect(await results).toMatchObject([
        { status: 'rejected', reason: unavailable },
        { status: 'rejected', reason: late },
        { status: 'rejected', reason: unavailable },
      ])
      transaction.keep()
      expect(await transaction.end).toBe('kept')
      expect(await listIds()).toEqual(['mine'])
    } finally {
      jest.useRealTimers()
    }
  })
})

describe('reads', () => {
  const writeElsewhere = (id: string) => {
    const other = new SqliteDatabase(notes.address)
    try {
      other.prepare(insert).run({ 1: id, 2: '', 3: 0 })
    } finally {
      other.close()
    }
  }

  test('of an iteration of the event loop share a transaction, which does not outlast it', async () => {
    expect(await listIds()).toEqual([])
    writeElsewhere('a')
    expect(await listIds()).toEqual([])
    await nextIteration()
    expect(await listIds()).toEqual(['a'])
  })

  test('see the own writes of the same iteration, and do not prevent those of another process', async () => {
    expect(await listIds()).toEqual([])
    await database.execute(insert, ['a', '', false])
    expect(await listIds()).toEqual(['a'])
    writeElsewhere('b')
    await database.transaction(() => database.execute(insert, ['c', '', false]))
    expect(await listIds()).toEqual(['a', 'b', 'c'])
  })

  test('leave a connection that can be closed at once', async () => {
    expect(await listIds()).toEqual([])
    await dataSource.destroy()
    await nextIteration()
    await dataSource.initialize()
  })
})

describe('single statements', () => {
  test('of the same tick share a commit', async () => {
    const before = countCommits()
    await Promise.all(['a', 'b', 'c'].map((id) => database.execute(insert, [id, '', false])))
    expect(countCommits() - before).toBe(1)
    await database.execute(insert, ['d', '', false])
    expect(countCommits() - before).toBe(2)
  })

  test('that are three iterations of the event loop apart share a commit, but do not wait without end', async () => {
    const before = countCommits()
    const written: Promise<unknown>[] = []
    const write = () => written.push(database.execute(insert, [`note ${written.length}`, '', false]))
    for (let iteration = 0; iteration < 9; iteration++) {
      if (iteration % 3 === 0) write()
      await nextIteration()
    }
    await Promise.all(written)
    expect(countCommits() - before).toBe(1)
    let isStored = false
    const first = database.execute(insert, ['first', '', false]).then(() => {
      isStored = true
    })
    for (let index = 0; index < 100 && !isStored; index++) {
      write()
      await nextIteration()
    }
    expect(isStored).toBe(true)
    await Promise.all([first, ...written])
  })

  test('do not delay reads, which return only committed rows', async () => {
    const written = database.execute(insert, ['a', '', false])
    expect(await listIds()).toEqual([])
    await written
    expect(await listIds()).toEqual(['a'])
  })

  test('are all rejected if their commit fails, and the next writes succeed', async () => {
    await dataSource.query(`CREATE TABLE host_reference (
      note_id text REFERENCES host_note (id) DEFERRABLE INITIALLY DEFERRED)`)
    const results = await Promise.allSettled([
      database.execute(insert, ['a', '', false]),
      database.execute('INSERT INTO host_reference VALUES ($1)', ['nobody']),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await listIds()).toEqual([])
    await database.execute(insert, ['b', '', false])
    expect(readCommittedIds()).toEqual(['b'])
  })

  test('survive the rollback of a transaction of the same tick', async () => {
    const written = database.execute(insert, ['group', '', false])
    await expect(
      database.transaction(async () => {
        await database.execute(insert, ['mine', '', false])
        throw new Error('on purpose')
      }),
    ).rejects.toThrow('on purpose')
    await written
    expect(readCommittedIds()).toEqual(['group'])
  })

  test('that waited for a transaction run in their original order', async () => {
    const transaction = await openTransaction()
    const steps = [
      database.execute(insert, ['x', '1', false]),
      dataSource.query("UPDATE host_note SET text = text || '2' WHERE id = 'x'"),
      database.transaction(() => database.execute("UPDATE host_note SET text = text || '3' WHERE id = 'x'")),
      database.execute("UPDATE host_note SET text = text || '4' WHERE id = 'x'"),
    ]
    transaction.keep()
    await Promise.all(steps)
    expect(await database.query("SELECT text FROM host_note WHERE id = 'x'")).toEqual([{ text: '1234' }])
  })
})

test('opens a DataSource with a write-ahead log and durable commits', async () => {
  await using empty = await createSqlite()
  const opened = await new DataSource(optionsFor(empty)).initialize()
  expect(await opened.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(await opened.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }])
  expect(await opened.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }])
  expect(await opened.query('PRAGMA busy_timeout')).toEqual([{ timeout: 20 }])
  expect(await opened.query('PRAGMA temp_store')).toEqual([{ temp_store: 2 }])
  await opened.destroy()
})

describe('while another connection of this process is writing', () => {
  test.each([
    ['a statement', () => database.execute(insert, ['mine', '', false])],
    ['a transaction', () => database.transaction(() => database.execute(insert, ['mine', '', false]))],
  ])('%s waits without blocking it', async (_, write) => {
    const other = new SqliteDatabase(notes.address)
    other.exec('BEGIN IMMEDIATE')
    setTimeout(() => {
      other.prepare("INSERT INTO host_note (id, text, pinned) VALUES ('theirs', '', 0)").run()
      other.exec('COMMIT')
      other.close()
    }, 100)
    await Promise.all([write(), database.execute(insert, ['mine too', '', false])])
    expect(readCommittedIds()).toEqual(['mine', 'mine too', 'theirs'])
  })
})
