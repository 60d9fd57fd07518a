import { AsyncLocalStorage } from 'node:async_hooks'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { type Database, databaseOf } from '../../src/typeorm/internal-sql.ts'
import { runUnitOfWork } from '../../src/unit-of-work.ts'
import { databases, openNoteDatabase } from './databases.ts'

const insert = 'INSERT INTO host_note (id, text, pinned) VALUES ($1, $2, $3)'
const update = 'UPDATE host_note SET text = $1'
const find = 'SELECT text FROM host_note WHERE id = $1'
/** A write, as the lock of an account is; here it shows how often it was sent. */
const lock = "UPDATE host_note SET text = text || '+' WHERE id = $1 RETURNING text"

describe.each(databases)('a request on %s', (_kind, open) => {
  const notes = startForEachTest(() => openNoteDatabase(open))
  let database: Database
  /** Outside every request, as another process. */
  let outside: ReturnType<typeof AsyncLocalStorage.snapshot>

  beforeEach(async () => {
    database = databaseOf(notes.dataSource)
    outside = AsyncLocalStorage.snapshot()
    await database.execute(insert, ['a', 'first', false])
  })

  const read = async () => (await database.queryOnce<{ text: string }>(find, ['a']))[0]?.text
  const changeOutside = (text: string) => outside(() => database.execute(update, [text]))

  test('reads the same rows once, and the next request reads them again', async () => {
    await runUnitOfWork(async () => {
      expect(await read()).toBe('first')
      await changeOutside('second')
      expect(await read()).toBe('first')
      expect(await database.queryOnce(find, ['b'])).toEqual([])
    })
    expect(await runUnitOfWork(read)).toBe('second')
  })

  test('keeps its reads when a table changes whose name is a part of the name of theirs', async () => {
    await database.execute('CREATE TABLE host (id text)')
    await runUnitOfWork(async () => {
      expect(await read()).toBe('first')
      await changeOutside('second')
      await database.execute('UPDATE host SET id = $1', ['a'])
      expect(await read()).toBe('first')
    })
  })

  test('keeps its reads when a write changes them that nothing waits for', async () => {
    await runUnitOfWork(async () => {
      await database.transaction(async () => {
        expect(await read()).toBe('first')
        await database.executeLater({ sql: update, parameters: ['second'] })
        expect(await read()).toBe('first')
      })
      expect(await read()).toBe('second')
    })
  })

  test('reads each time without a request', async () => {
    expect(await read()).toBe('first')
    await changeOutside('second')
    expect(await read()).toBe('second')
  })

  test.each([
    ['an update of the table', () => database.execute(update, ['second'])],
    ['an insert into the table', () => database.execute(insert, ['b', '', false])],
    ['a deletion', () => database.execute('DELETE FROM host_note WHERE id = $1', ['none'])],
    ['a transaction', () => database.transaction(async () => {})],
  ])('reads again after %s', async (_what, act) => {
    await runUnitOfWork(async () => {
      expect(await read()).toBe('first')
      await changeOutside('second')
      await act()
      expect(await read()).toBe('second')
    })
  })

  test('reads again in a transaction, and again after a lock in it, which it sends once', async () => {
    await runUnitOfWork(async () => {
      expect(await read()).toBe('first')
      await changeOutside('second')
      await database.transaction(async () => {
        expect(await read()).toBe('second')
        for (let times = 0; times < 2; times++)
          expect(await database.lockOnce(lock, ['a'])).toEqual([{ text: 'second+' }])
        expect(await read()).toBe('second+')
      })
      await database.transaction(async () => {
        expect(await database.lockOnce(lock, ['a'])).toEqual([{ text: 'second++' }])
      })
      expect(await read()).toBe('second++')
    })
  })

  test('reads again after a failure', async () => {
    await runUnitOfWork(async () => {
      const missing = 'SELECT text FROM host_missing WHERE id = $1'
      await expect(database.queryOnce(missing, ['a'])).rejects.toThrow()
      await expect(database.queryOnce(missing, ['a'])).rejects.toThrow()
      expect(await read()).toBe('first')
    })
  })
})
