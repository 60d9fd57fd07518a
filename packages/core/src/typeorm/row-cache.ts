import { randomUUID } from 'node:crypto'
import { cacheReads } from '../diagnostics.ts'
import { cacheByStatement } from '../statement-cache.ts'
import { cacheVersionTable } from './cache-version.table.ts'
import type { Parameter } from './parameter.ts'

/** The PostgreSQL channel that announces changes of cached tables; unlike a table, it has no prefix. */
export const cacheChannel = 'pocketcache'

/** Milliseconds for which rows are used without reading the version again. */
const maxAge = 1000
/** Milliseconds after which rows are read again, in case another program has changed them. */
const maxUnchangedAge = 60_000
/** The results of one statement that are kept. */
const maxResults = 1000

const table = `"${cacheVersionTable.options.name}"`

export interface CachedQuery {
  readonly sql: string
  readonly parameters: readonly Parameter[]
  /** Whether to keep an empty result too; only for statements whose parameters do not come from a request. */
  readonly keepEmpty?: boolean
  /** Whether a transaction may use rows that were read before it; otherwise it reads the database. */
  readonly cachedInTransactions?: boolean
}

/**
 * Rows of tables that rarely change, such as clients and settings. A transaction that changes such a table also changes the
 * stored version, which each process reads at most once a second before it uses its rows.
 */
export class RowCache {
  readonly #tables = new Set<string>()
  readonly #query: (sql: string, parameters: readonly Parameter[]) => Promise<readonly object[]>
  /** By statement and parameters, because joining both to one key would hash the whole statement for each read. */
  #rows = new Map<string, Map<string, readonly object[]>>()
  #version: string | undefined
  /** In `performance` time. */
  #checkedAt = Number.NEGATIVE_INFINITY
  #clearedAt = 0
  #check: Promise<void> | undefined

  constructor(query: (sql: string, parameters: readonly Parameter[]) => Promise<readonly object[]>) {
    this.#query = query
  }

  /** Declares tables whose rows are cached; a table that is not declared must not be read through the cache. */
  addTables(...tables: readonly string[]): void {
    for (const name of tables) this.#tables.add(name)
  }

  /** Whether the statement changes a cached table. */
  isChangedBy(sql: string): boolean {
    return this.#tables.has(changedTable(sql))
  }

  async read({ sql, parameters, keepEmpty = false }: CachedQuery): Promise<readonly object[]> {
    await this.#validate()
    const results = this.#resultsOf(sql)
    const key = JSON.stringify(parameters)
    const cached = results.get(key)
    if (cacheReads.hasSubscribers) cacheReads.publish({ isHit: cached !== undefined })
    if (cached !== undefined) return cached
    const rows = await this.#query(sql, parameters)
    // After a change, rows that were read before it must not enter the new cache.
    if (rows.length > 0 || keepEmpty) results.set(key, rows)
    const [oldest] = results.size > maxResults ? results.keys() : []
    if (oldest !== undefined) results.delete(oldest)
    return rows
  }

  /** The cached rows, if their version was read less than a second ago. */
  peek({ sql, parameters }: CachedQuery): readonly object[] | undefined {
    if (performance.now() - this.#checkedAt >= maxAge) return undefined
    const rows = this.#rows.get(sql)?.get(JSON.stringify(parameters))
    if (rows && cacheReads.hasSubscribers) cacheReads.publish({ isHit: true })
    return rows
  }

  /** Forgets all rows, because a cached table has changed. */
  clear(): void {
    this.#rows = new Map()
    this.#clearedAt = performance.now()
  }

  #resultsOf(sql: string): Map<string, readonly object[]> {
    const results = this.#rows.get(sql) ?? new Map<string, readonly object[]>()
    this.#rows.set(sql, results)
    return results
  }

  async #validate(): Promise<void> {
    const now = performance.now()
    if (now - this.#clearedAt >= maxUnchangedAge) this.clear()
    if (now - this.#checkedAt < maxAge) return
    this.#check ??= this.#readVersion().finally(() => {
      this.#check = undefined
    })
    await this.#check
  }

  async #readVersion(): Promise<void> {
    const startedAt = performance.now()
    const rows: readonly { readonly version?: string }[] = await this.#query(`SELECT version FROM ${table}`, [])
    const version = rows[0]?.version
    if (version !== this.#version) this.clear()
    this.#version = version
    this.#checkedAt = startedAt
  }
}

const changedTable = cacheByStatement(
  (sql) => /^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)/i.exec(sql)?.[1] ?? '',
)

/** The statement that changes the version, as the last one of a transaction: others wait for its row. */
export function changeVersion(kind: 'postgres' | 'sqlite'): {
  readonly sql: string
  readonly parameters: readonly Parameter[]
} {
  const notify = kind === 'postgres' ? ` RETURNING pg_notify('${cacheChannel}', '')` : ''
  return {
    sql: `INSERT INTO ${table} (id, version) VALUES (1, $1)
      ON CONFLICT (id) DO UPDATE SET version = excluded.version${notify}`,
    parameters: [randomUUID()],
  }
}
