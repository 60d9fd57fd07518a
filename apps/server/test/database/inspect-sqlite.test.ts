import { appendFile, copyFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import Database from 'better-sqlite3'
import { inspectSqlite } from '../../src/database/inspect-sqlite.ts'
import { createFolder, type TestFolder } from './folder.ts'

let folder: TestFolder
let path: string
let opened: Database.Database[]

beforeEach(async () => {
  folder = await createFolder()
  path = join(folder.path, 'x.db')
  opened = []
})

afterEach(async () => {
  for (const database of opened) database.close()
  await folder[Symbol.asyncDispose]()
})

function open(file: string = path): Database.Database {
  const database = new Database(file)
  opened.push(database)
  return database
}

/** What SQLite itself says. */
function tablesBySqlite(database: Database.Database): Set<unknown> {
  return new Set(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all())
}

function createTables(database: Database.Database, count: number, prefix = 'table'): void {
  const filler = Array.from({ length: 40 }, (_, index) => `a_column_with_a_long_name_${index} text`).join(', ')
  for (let index = 0; index < count; index++) database.exec(`CREATE TABLE ${prefix}_${index} (id integer, ${filler})`)
}

describe.each([512, 4096, 65_536])('pages of %i bytes', (pageSize) => {
  test.each(['UTF-8', 'UTF-16le', 'UTF-16be'])('every table is found, in %s', (encoding) => {
    const database = open()
    database.pragma(`page_size = ${pageSize}`)
    database.pragma(`encoding = '${encoding}'`)
    createTables(database, 300)
    database.exec('CREATE TABLE "größe" (id integer); DROP TABLE table_7; CREATE VIEW v AS SELECT 1')
    expect(inspectSqlite(path).tables).toEqual(tablesBySqlite(database))
    expect(inspectSqlite(path).tables.size).toBe(300)
  })

  test('what is committed and only in the write-ahead log counts, what is not committed does not', async () => {
    const database = open()
    database.pragma(`page_size = ${pageSize}`)
    database.pragma('journal_mode = WAL')
    createTables(database, 5)
    database.pragma('wal_checkpoint(TRUNCATE)')
    createTables(database, 200, 'late')
    database.pragma('cache_size = 5')
    database.exec('BEGIN')
    createTables(database, 200, 'uncommitted')
    const before = await folder.state()
    const found = inspectSqlite(path).tables
    expect(await folder.state()).toEqual(before)
    database.exec('ROLLBACK')
    expect(found).toEqual(tablesBySqlite(database))
  })
})

test('a log that was cut off or damaged counts as far as SQLite itself believes it', async () => {
  const database = open()
  database.pragma('journal_mode = WAL')
  createTables(database, 3)
  const copy = join(folder.path, 'copy.db')
  const restore = async () => {
    await copyFile(path, copy)
    await copyFile(`${path}-wal`, `${copy}-wal`)
  }
  await restore()
  await appendFile(`${copy}-wal`, Buffer.alloc(5000, 7))
  const appended = inspectSqlite(copy).tables
  await restore()
  await truncate(`${copy}-wal`, 32 + 2 * (24 + 4096) - 1000)
  const cut = inspectSqlite(copy).tables
  expect(appended).toEqual(tablesBySqlite(database))
  expect(cut).toEqual(tablesBySqlite(open(copy)))
  expect(cut.size).toBeLessThan(appended.size)
})

test('a log that was begun anew does not bring back old pages', () => {
  const database = open()
  database.pragma('journal_mode = WAL')
  createTables(database, 30)
  database.pragma('wal_checkpoint(RESTART)')
  database.exec('DROP TABLE table_3')
  expect(inspectSqlite(path).tables).toEqual(tablesBySqlite(database))
})

test('the fingerprints of the encrypted signing keys are found', () => {
  const database = open()
  const keys = ['a key of sixteen bytes', 'another key of sixteen bytes'].map((text) => MasterKey.from(text))
  database.exec('CREATE TABLE pocket_key (kid varchar PRIMARY KEY, encrypted_jwk text, status_since bigint, n real)')
  const insert = database.prepare('INSERT INTO pocket_key VALUES (?, ?, ?, ?)')
  for (const [index, key] of [...keys, ...keys].entries())
    insert.run(`v1.none${index}`, key.encrypt('test', 'x'.repeat(9000)), 2 ** 45 + index, index / 3)
  expect(inspectSqlite(path).fingerprints).toEqual(new Set(keys.map(({ fingerprint }) => fingerprint)))
})

describe('what is no database', () => {
  test('a missing and an empty file hold nothing', async () => {
    expect(inspectSqlite(path).tables.size).toBe(0)
    await writeFile(path, '')
    expect(inspectSqlite(path).tables.size).toBe(0)
  })

  test.each([
    ['a text', Buffer.from('not a database, but long enough to be one. '.repeat(10)), /not an SQLite database/],
    ['a short file', Buffer.from('SQLite format 3\0'), /not an SQLite database/],
    ['a header alone', Buffer.from(`SQLite format 3\0${'\u0010\0'.repeat(100)}`), /is damaged/],
  ])('%s is refused', async (_, content, reason) => {
    await writeFile(path, content)
    expect(() => inspectSqlite(path)).toThrow(reason)
  })

  test('a folder is refused', () => {
    expect(() => inspectSqlite(folder.path)).toThrow(/is not a file/)
  })

  test('a tree that contains itself is refused', async () => {
    const database = open()
    createTables(database, 300)
    const [page] = [Buffer.from(database.serialize())]
    database.close()
    opened = []
    // The first page is interior by now; its right-most child becomes itself.
    page.writeUInt32BE(1, 108)
    await writeFile(path, page)
    expect(() => inspectSqlite(path)).toThrow(/is damaged/)
  })
})
