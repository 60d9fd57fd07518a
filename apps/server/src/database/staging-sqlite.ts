import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigurationError } from '@pocket/core/errors'
import { runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import Database from 'better-sqlite3'
import { DataSource } from 'typeorm'
import { messageOf } from '../logging/failure.ts'
import { createPrivateFile } from './file-modes.ts'
import { brokenReferencesError, type Staging, type StagingOptions } from './staged-database.ts'
import type { TableShape } from './table-shape.ts'

const companions = ['', '-wal', '-shm', '-journal']

export async function stageSqlite(path: string, { initial, migrations, tables }: StagingOptions): Promise<Staging> {
  const stagingPath = stagingPathOf(path)
  const options = sqliteOptions(stagingPath, [...tables])
  // An interrupted import may have left one.
  removeDatabase(stagingPath)
  await createPrivateFile(stagingPath)
  await runMigrations(options, initial)
  const connection = new Database(stagingPath)
  connection.pragma('foreign_keys = OFF')
  // Nothing is acknowledged before the file is synced as a whole.
  connection.pragma('synchronous = OFF')
  connection.exec('BEGIN')
  let dataSource: DataSource | undefined
  return {
    async insert(table, rows) {
      const insert = connection.prepare(insertSql(table))
      for (const row of rows) insert.run(...row.map((value) => (typeof value === 'boolean' ? Number(value) : value)))
    },
    async complete() {
      if (connection.prepare('PRAGMA foreign_key_check').all().length > 0) throw brokenReferencesError()
      connection.exec('COMMIT')
      connection.close()
      await runMigrations(options, migrations)
      dataSource = await new DataSource(options).initialize()
      return dataSource
    },
    async replaceDatabase() {
      await dataSource?.destroy()
      replaceSqliteFile(stagingPath, path)
    },
    async [Symbol.asyncDispose]() {
      if (connection.open) connection.close()
      if (dataSource?.isInitialized) await dataSource.destroy()
      removeDatabase(stagingPath)
    },
  }
}

const stagingPathOf = (path: string) => `${path}-import`

function removeDatabase(path: string): void {
  for (const suffix of companions) rmSync(path + suffix, { force: true })
}

/**
 * Replaces a database by a copy of another atomically. The caller holds its exclusive lock.
 *
 * @param prepare - may change the copy before the replacement
 */
export async function replaceWithCopy(
  from: string,
  path: string,
  prepare: (copy: string) => Promise<void>,
): Promise<void> {
  const stagingPath = stagingPathOf(path)
  removeDatabase(stagingPath)
  try {
    await copySqlite(from, stagingPath)
    await prepare(stagingPath)
    replaceSqliteFile(stagingPath, path)
  } finally {
    removeDatabase(stagingPath)
  }
}

function replaceSqliteFile(from: string, to: string): void {
  closeLog(from)
  if (existsSync(to)) closeLog(to)
  for (const suffix of companions.slice(1)) rmSync(to + suffix, { force: true })
  syncFile(from)
  renameSync(from, to)
  syncFile(dirname(to))
}

/** Copies a database that may be in use to a new file and checks the copy. */
export async function copySqlite(from: string, to: string): Promise<void> {
  // SQLite writes into an empty file, which only this user can read.
  await createPrivateFile(to)
  const source = new Database(from, { readonly: true })
  try {
    source.prepare('VACUUM INTO ?').run(to)
  } finally {
    source.close()
  }
  assertIntact(to)
  syncFile(to)
}

/** Checks a copy that no process uses. @throws {ConfigurationError} if it is damaged */
export function assertIntact(path: string): void {
  const copy = new Database(path, { readonly: true })
  try {
    const result = copy.pragma('quick_check(1)', { simple: true })
    if (result !== 'ok') throw new Error(String(result))
  } catch (cause) {
    throw new ConfigurationError(`The copy ${path} is damaged: ${messageOf(cause)}.`, { cause })
  } finally {
    copy.close()
  }
}

function insertSql({ name, columns }: TableShape): string {
  return `INSERT INTO "${name}" (${columns.map((column) => `"${column.name}"`).join(', ')})
    VALUES (${columns.map(() => '?').join(', ')})`
}

/** Moves the write-ahead log into the file: with a log of another database the file would be damaged. */
function closeLog(path: string): void {
  const connection = new Database(path, { timeout: 10_000 })
  try {
    connection.pragma('journal_mode = DELETE')
  } catch (cause) {
    throw new ConfigurationError(`The database ${path} is still in use: ${messageOf(cause)}. Nothing was changed.`, {
      cause,
    })
  } finally {
    connection.close()
  }
}

function syncFile(path: string): void {
  // Windows cannot sync a folder.
  if (process.platform === 'win32') return
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
