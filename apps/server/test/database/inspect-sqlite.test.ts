import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { MasterKey } from '@pocket/core'
import Database from 'better-sqlite3'
import { inspectSqlite } from '../../src/database/inspect-sqlite.ts'
import { createFolder, type TestFolder } from './folder.ts'

let folder: TestFolder
let path: string
let database: Database.Database

beforeEach(async () => {
  folder = await createFolder()
  path = join(folder.path, 'x.db')
  database = new Database(path)
})

afterEach(async () => {
  database.close()
  await folder[Symbol.asyncDispose]()
})

test('finds every table, including one that is only in the write-ahead log, and changes nothing', async () => {
  database.pragma('journal_mode = WAL')
  database.exec('CREATE TABLE early (id integer)')
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.exec(
    'CREATE TABLE late (id integer); CREATE VIEW v AS SELECT 1; BEGIN; CREATE TABLE uncommitted (id integer)',
  )
  const before = await folder.state()
  expect(inspectSqlite(path).tables).toEqual(new Set(['early', 'late']))
  expect(await folder.state()).toEqual(before)
  database.exec('ROLLBACK')
})

test('finds the fingerprints of the encrypted signing keys', () => {
  const keys = ['a key of sixteen bytes', 'another key of sixteen bytes'].map((text) => MasterKey.from(text))
  database.exec('CREATE TABLE pocket_key (kid varchar PRIMARY KEY, encrypted_jwk text)')
  const insert = database.prepare('INSERT INTO pocket_key VALUES (?, ?)')
  for (const [index, key] of [...keys, ...keys].entries()) insert.run(String(index), key.encrypt('test', 'x'))
  expect(inspectSqlite(path).fingerprints).toEqual(new Set(keys.map(({ fingerprint }) => fingerprint)))
})

describe('files that are not a database', () => {
  test('treats a missing and an empty file as empty', async () => {
    expect(inspectSqlite(`${path}.missing`).tables.size).toBe(0)
    await writeFile(`${path}.empty`, '')
    expect(inspectSqlite(`${path}.empty`).tables.size).toBe(0)
  })

  test.each([
    ['plain text', 'not a database, but long enough to be one. '.repeat(10)],
    ['a header alone', `SQLite format 3\0${'\u0010\0'.repeat(100)}`],
  ])('rejects %s', async (_, content) => {
    await writeFile(`${path}.other`, content)
    expect(() => inspectSqlite(`${path}.other`)).toThrow('not an SQLite database, or it is damaged')
  })

  test('rejects a folder', () => {
    expect(() => inspectSqlite(folder.path)).toThrow('is not a file')
  })
})
