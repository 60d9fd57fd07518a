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

test('every table is found, also one that only the write-ahead log holds, and nothing of it changes', async () => {
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

test('the fingerprints of the encrypted signing keys are found', () => {
  const keys = ['a key of sixteen bytes', 'another key of sixteen bytes'].map((text) => MasterKey.from(text))
  database.exec('CREATE TABLE pocket_key (kid varchar PRIMARY KEY, encrypted_jwk text)')
  const insert = database.prepare('INSERT INTO pocket_key VALUES (?, ?)')
  for (const [index, key] of [...keys, ...keys].entries()) insert.run(String(index), key.encrypt('test', 'x'))
  expect(inspectSqlite(path).fingerprints).toEqual(new Set(keys.map(({ fingerprint }) => fingerprint)))
})

describe('what is no database', () => {
  test('a missing and an empty file hold nothing', async () => {
    expect(inspectSqlite(`${path}.missing`).tables.size).toBe(0)
    await writeFile(`${path}.empty`, '')
    expect(inspectSqlite(`${path}.empty`).tables.size).toBe(0)
  })

  test.each([
    ['a text', 'not a database, but long enough to be one. '.repeat(10)],
    ['a header alone', `SQLite format 3\0${'\u0010\0'.repeat(100)}`],
  ])('%s is refused', async (_, content) => {
    await writeFile(`${path}.other`, content)
    expect(() => inspectSqlite(`${path}.other`)).toThrow('no SQLite database, or a damaged one')
  })

  test('a folder is refused', () => {
    expect(() => inspectSqlite(folder.path)).toThrow('is not a file')
  })
})
