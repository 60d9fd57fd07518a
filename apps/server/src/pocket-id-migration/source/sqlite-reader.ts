import Database from 'better-sqlite3'

/** The statements on an SQLite database, read lazily. */
export class SqliteReader implements Disposable {
  readonly #database: Database.Database

  constructor(path: string) {
    this.#database = new Database(path)
  }

  rows(sql: string, ...parameters: readonly unknown[]): Iterable<Readonly<Record<string, unknown>>> {
    return this.#database.prepare<unknown[], Record<string, unknown>>(sql).iterate(...parameters)
  }

  first(sql: string, ...parameters: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
    return this.#database.prepare<unknown[], Record<string, unknown>>(sql).get(...parameters)
  }

  hasTable(name: string): boolean {
    return this.first(`SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = ?`, name) !== undefined
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }
}
