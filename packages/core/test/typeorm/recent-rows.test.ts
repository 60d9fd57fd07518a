import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { type Database, databaseOf } from '../../src/typeorm/internal-sql.ts'
import { runUnitOfWork, withRecentRows } from '../../src/unit-of-work.ts'
import { databases, openNoteDatabase } from './databases.ts'

const insert = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'
const update = 'UPDATE host_note SET text = $1'
const find = 'SELECT text FROM host_note WHERE id = $1'

describe.each(databases)('recent rows on %s', (_kind, open) => {
  const notes = startForEachTest(() => openNoteDatabase(open))
  let database: Database
  let now: number
  /** Outside every transaction, as another request. */
  let outsideOf: ReturnType<typeof AsyncLocalStorage.snapshot>

  beforeEach(async () => {
    database = databaseOf(notes.dataSource)
    outsideOf = AsyncLocalStorage.snapshot()
    database.keepRecentRows('host_note')
    await database.execute(insert, ['a', 'first', false])
    // Whole, because sums of fractions are rounded.
    now = Math.ceil(performance.now())
    jest.spyOn(performance, 'now').mockImplementation(() => now)
  })

  afterEach(() => void jest.restoreAllMocks())

  const read = async () => (await database.queryRecent<{ text: string }>(find, ['a'], 'a'))[0]?.text
  const readRecent = () => runUnitOfWork(() => withRecentRows(read))
  /** Past the `Database`, as another process. */
  const changeElsewhere = (text: string) => notes.dataSource.query(`UPDATE host_note SET text = '${text}'`)

  test('are used for less than a second, and only by those who accept them', async () => {
    expect(await runUnitOfWork(read)).toBe('first')
    await changeElsewhere('second')
    now += 999
    expect(await readRecent()).toBe('first')
    expect(await runUnitOfWork(read)).toBe('second')
    await changeElsewhere('third')
    now += 999
    expect(await readRecent()).toBe('second')
    now += 1
    expect(await readRecent()).toBe('third')
  })

  test.each([
    ['a change', () => database.execute(update, ['second'])],
    ['a deferred change', () => database.batch(() => database.executeLater({ sql: update, parameters: ['second'] }))],
    ['a transaction', () => database.transaction(() => database.execute(update, ['second']))],
  ])('are read again after %s by this process', async (_what, change) => {
    expect(await readRecent()).toBe('first')
    await change()
    expect(await readRecent()).toBe('second')
  })

  test('do not outlive the change of a transaction during which they were read', async () => {
    let waiting: Promise<unknown> | undefined
    await database.transaction(async () => {
      await database.execute(update, ['second'])
      // SQLite lets the reader wait.
      waiting = outsideOf(readRecent)
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    await waiting
    expect(await readRecent()).toBe('second')
  })

  test('are not used in a transaction, and not kept from one', async () => {
    expect(await readRecent()).toBe('first')
    await changeElsewhere('second')
    await expect(
      database.transaction(async () => {
        expect(await withRecentRows(read)).toBe('second')
        await database.execute(update, ['third'])
        expect(await withRecentRows(read)).toBe('third')
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(await readRecent()).toBe('second')
  })

  test('are read again after a failure', async () => {
    await notes.dataSource.query('ALTER TABLE host_note RENAME TO host_away')
    await expect(readRecent()).rejects.toThrow()
    await notes.dataSource.query('ALTER TABLE host_away RENAME TO host_note')
    expect(await readRecent()).toBe('first')
  })
})
