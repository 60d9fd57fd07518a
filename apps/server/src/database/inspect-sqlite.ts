import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ConfigurationError } from '@pocket/core/errors'
import Database from 'better-sqlite3'
import { codeOf, messageOf } from '../logging/failure.ts'
import { existingHistories, type Findings, fingerprintsIn, historyQuery, keyQuery, keyTableName } from './findings.ts'

const emptyFindings: Findings = { tables: new Set(), fingerprints: new Set(), applied: new Map() }
const maxAttempts = 5
/** SQLite errors for a copy taken during a write, and for a file that is not an SQLite database. */
const unreadableCodes = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB'])

/**
 * Inspects a copy of an SQLite file. Opening the file itself could modify it: even a reader creates files next to a
 * database in WAL mode, and recovers one whose process was killed.
 *
 * @throws {ConfigurationError} if the path is not a file, not an SQLite database, or a damaged one
 */
export function inspectSqlite(path: string): Findings {
  if (existsSync(path) && !statSync(path).isFile()) throw new ConfigurationError(`The database ${path} is not a file.`)
  if (isEmpty(path) && isEmpty(`${path}-wal`)) return emptyFindings
  for (let attempt = 1; ; attempt++) {
    try {
      return inspectCopy(path)
    } catch (cause) {
      if (!unreadableCodes.has(codeOf(cause) ?? '')) throw cause
      if (attempt === maxAttempts)
        throw new ConfigurationError(`The file ${path} is not an SQLite database, or it is damaged.`, { cause })
    }
  }
}

function isEmpty(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0
}

function inspectCopy(path: string): Findings {
  const folder = createFolder(dirname(path))
  try {
    const copy = join(folder, 'database')
    for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFile(path + suffix, copy + suffix)
    return readFindings(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The temporary folder of the system may be read-only, as in a container without one. */
function createFolder(alternative: string): string {
  try {
    return mkdtempSync(join(tmpdir(), 'pocket-inspect-'))
  } catch {
    return mkdtempSync(join(alternative, '.pocket-inspect-'))
  }
}

function copyFile(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
  } catch (cause) {
    throw new ConfigurationError(`${from} cannot be copied for inspection: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function readFindings(copy: string): Findings {
  const database = new Database(copy)
  try {
    const texts = (sql: string) => database.prepare<[], string>(sql).pluck().all()
    const tables = new Set(texts(`SELECT name FROM sqlite_schema WHERE type = 'table'`))
    const envelopes = tables.has(keyTableName) ? texts(keyQuery) : []
    const applied = new Map(existingHistories(tables).map((table) => [table, texts(historyQuery(table))]))
    return { tables, fingerprints: fingerprintsIn(envelopes), applied }
  } finally {
    database.close()
  }
}
