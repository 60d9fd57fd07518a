import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Misconfigured } from '@pocket/core/errors'
import Database from 'better-sqlite3'
import { codeOf, messageOf } from '../logging/failure.ts'
import { type Findings, fingerprintsIn, historiesAmong, historyOf, keyTableName } from './findings.ts'

const nothing: Findings = { tables: new Set(), fingerprints: new Set(), applied: new Map() }
const attempts = 5
/** What SQLite says of a copy that was taken while another process was writing, and of a file that is none of its own. */
const unreadable = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB'])

/**
 * Looks into a copy of an SQLite file. To open the file itself would be a write: even a reader makes files beside a
 * database that has a write-ahead log, and repairs one whose process was killed.
 *
 * @throws {Misconfigured} where it is no file, no SQLite database, or a damaged one
 */
export function inspectSqlite(path: string): Findings {
  if (existsSync(path) && !statSync(path).isFile()) throw new Misconfigured(`The database ${path} is not a file.`)
  if (isEmpty(path) && isEmpty(`${path}-wal`)) return nothing
  for (let attempt = 1; ; attempt++) {
    try {
      return inspectCopy(path)
    } catch (cause) {
      if (!unreadable.has(codeOf(cause) ?? '')) throw cause
      if (attempt === attempts)
        throw new Misconfigured(`The file ${path} is no SQLite database, or a damaged one.`, { cause })
    }
  }
}

function isEmpty(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0
}

function inspectCopy(path: string): Findings {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-inspect-'))
  try {
    const copy = join(folder, 'database')
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFile(path + suffix, copy + suffix)
    return findingsIn(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function copyFile(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
  } catch (cause) {
    throw new Misconfigured(`${from} cannot be copied to ${tmpdir()} to look into it: ${messageOf(cause)}`, { cause })
  }
}

function findingsIn(copy: string): Findings {
  const database = new Database(copy)
  try {
    const texts = (sql: string) => database.prepare<[], string>(sql).pluck().all()
    const tables = new Set(texts(`SELECT name FROM sqlite_schema WHERE type = 'table'`))
    const envelopes = tables.has(keyTableName) ? texts(`SELECT encrypted_jwk FROM ${keyTableName}`) : []
    const applied = new Map(historiesAmong(tables).map((table) => [table, texts(historyOf(table))]))
    return { tables, fingerprints: fingerprintsIn(envelopes), applied }
  } finally {
    database.close()
  }
}
