import type { Readable } from 'node:stream'
import { isJsonObject } from '@pocket/core/internal'
import Database from 'better-sqlite3'
import { sourceError } from './source-error.ts'
import { TableRowsSplitter } from './table-rows-splitter.ts'
import { isSourceTable, orderOf } from './tables.ts'

/** The rows of an export in a temporary SQLite file. */
export class StagedRows implements Disposable {
  readonly #database: Database.Database

  /** The content except the rows. */
  header: Readonly<Record<string, unknown>> = {}

  private constructor(path: string) {
    this.#database = new Database(path)
    this.#database.pragma('journal_mode = OFF')
    this.#database.pragma('synchronous = OFF')
    this.#database.exec('CREATE TABLE staged (name TEXT NOT NULL, position TEXT, json TEXT NOT NULL)')
  }

  /** Reads `database.json`. */
  static async read(content: Readable, path: string): Promise<StagedRows> {
    const staged = new StagedRows(path)
    try {
      staged.header = await staged.#fill(content)
      return staged
    } catch (error) {
      staged[Symbol.dispose]()
      throw error
    }
  }

  async #fill(content: Readable): Promise<Readonly<Record<string, unknown>>> {
    const insert = this.#database.prepare('INSERT INTO staged (name, position, json) VALUES (?, ?, ?)')
    const splitter = new TableRowsSplitter()
    this.#database.exec('BEGIN')
    for await (const chunk of content)
      for (const { table, json } of splitter.split(chunk)) {
        const row = parseRow(json)
        insert.run(table, positionOf(table, row), json)
      }
    this.#database.exec('COMMIT')
    this.#database.exec('CREATE INDEX staged_order ON staged (name, position)')
    return splitter.end()
  }

  *rows(table: string): Iterable<Readonly<Record<string, unknown>>> {
    const select = this.#database.prepare<[string], string>(
      'SELECT json FROM staged WHERE name = ? ORDER BY position, rowid',
    )
    for (const json of select.pluck().iterate(table)) yield parseRow(json)
  }

  count(table: string): number {
    return (
      this.#database.prepare<[string], number>('SELECT COUNT(*) FROM staged WHERE name = ?').pluck().get(table) ?? 0
    )
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}

/** Sorts like the columns of {@link orderOf}: identifiers have a fixed length, and times are strings in UTC. */
function positionOf(table: string, row: Readonly<Record<string, unknown>>): string {
  const order = isSourceTable(table) ? orderOf(table) : []
  return order.map((column) => String(row[column] ?? '')).join(' ')
}

function parseRow(json: string): Readonly<Record<string, unknown>> {
  try {
    const row: unknown = JSON.parse(json)
    if (isJsonObject(row)) return row
  } catch (cause) {
    throw sourceError('A row of the export is damaged: it is not JSON.', cause)
  }
  throw sourceError('A row of the export is not an object.')
}
