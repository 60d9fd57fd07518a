import { cacheByStatement } from '../statement-cache.ts'

/** Milliseconds. */
const maxAge = 1000
const maxReads = 1000

interface Read {
  readonly rows: Promise<readonly object[]>
  /** In `performance` time, before the rows were read. */
  readonly at: number
}

/**
 * The rows that this process has read in the last second, until it changes one of their tables. For users, who are read again and
 * again while they sign in.
 */
export class RecentRows {
  #tables: readonly string[] = []
  #reads = new Map<string, Read>()
  #changes: (sql: string) => boolean = () => false

  /** Declares all tables of the rows. */
  addTables(...tables: readonly string[]): void {
    this.#tables = [...new Set([...this.#tables, ...tables])]
    const named = new RegExp(`\\b(?:${this.#tables.join('|')})\\b`)
    this.#changes = cacheByStatement((sql) => !/^\s*SELECT\b/i.test(sql) && named.test(sql))
  }

  /** Whether the statement may change one of the tables. */
  isChangedBy(sql: string): boolean {
    return this.#changes(sql)
  }

  /** The rows of `query`, or of an earlier one with this key if they may be a second old. */
  read<Row extends object>(
    key: string,
    mayBeRecent: boolean,
    query: () => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    const earlier = mayBeRecent ? this.#reads.get(key) : undefined
    // The cast is safe: the same key is of the same statement.
    if (earlier && performance.now() - earlier.at < maxAge) return earlier.rows as Promise<readonly Row[]>
    if (this.#reads.size >= maxReads) this.#reads.clear()
    const reads = this.#reads
    const at = performance.now()
    const rows = query()
    reads.set(key, { rows, at })
    rows.catch(() => reads.delete(key))
    return rows
  }

  /** Forgets all rows, including those that are being read. */
  clear(): void {
    this.#reads = new Map()
  }
}
