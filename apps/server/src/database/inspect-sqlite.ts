import { existsSync, statSync } from 'node:fs'
import { Misconfigured } from '@pocket/core/errors'
import { type Findings, fingerprintsIn, keyTableName } from './findings.ts'
import { SqlitePages } from './sqlite-pages.ts'
import { rowsOf } from './sqlite-rows.ts'

const patience = 20

/**
 * Looks into an SQLite file without opening it as a database: neither the file nor its folder changes, nobody is locked
 * out, and only the pages that are looked at are read.
 *
 * @throws {Misconfigured} where the file is no SQLite database, or is damaged
 */
export function inspectSqlite(path: string): Findings {
  if (isEmpty(path) && isEmpty(`${path}-wal`)) return { tables: new Set(), fingerprints: new Set() }
  for (let attempt = 1; ; attempt++) {
    using pages = new SqlitePages(path)
    try {
      const findings = read(pages)
      if (!pages.changed) return findings
    } catch (cause) {
      // Another process that writes meanwhile can mix old and new pages; then it is worth another look.
      if (!pages.changed)
        throw new Misconfigured(`The database ${path} is damaged: its tables cannot be read.`, { cause })
    }
    if (attempt === patience) throw new Misconfigured(`The database ${path} changes too fast to be looked into.`)
  }
}

function isEmpty(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0
}

function read(pages: SqlitePages): Findings {
  const rootPages = new Map<string, number>()
  for (const [type, name, , rootPage] of rowsOf(pages, 1)) {
    if (type === 'table' && typeof name === 'string' && typeof rootPage === 'number') rootPages.set(name, rootPage)
  }
  const keys = rootPages.get(keyTableName)
  return {
    tables: new Set(rootPages.keys()),
    fingerprints: keys === undefined ? new Set() : fingerprintsIn(textsOf(pages, keys)),
  }
}

function* textsOf(pages: SqlitePages, rootPage: number): Generator<string> {
  for (const row of rowsOf(pages, rootPage)) yield* row.filter((value) => typeof value === 'string')
}
