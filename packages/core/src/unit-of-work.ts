import { AsyncLocalStorage } from 'node:async_hooks'
import { cacheByStatement } from './statement-cache.ts'

interface Read {
  readonly at: number
  readonly rows: Promise<readonly unknown[]>
}

/** By statement and parameters, because joining both to one key would hash the whole statement for each read. */
type Reads = Map<string, Map<string, Read>>

const storage = new AsyncLocalStorage<WeakMap<object, Reads>>()

/** Milliseconds. A request that waits for something else, such as a decision on another device, reads again. */
const maxAge = 1000

/** Runs one request, in which the same rows are read once ({@link UnitOfWork.read}). */
export function runUnitOfWork<T>(work: () => T): T {
  return storage.run(new WeakMap(), work)
}

const recentRows = new AsyncLocalStorage<boolean>()

/**
 * Runs `work`, which may use an account as it was up to a second ago: only for a token whose grant is read each time, because every
 * revocation deletes it.
 */
export function withRecentRows<T>(work: () => T): T {
  return recentRows.run(true, work)
}

export const mayUseRecentRows = (): boolean => recentRows.getStore() === true

/** The repeated reads of one database in the current request, or in its transaction. */
export class UnitOfWork {
  readonly #database: object

  constructor(database: object) {
    this.#database = database
  }

  /** Runs a transaction, which does not see earlier reads; its own reads are discarded when it ends. */
  async isolate<T>(work: () => Promise<T>): Promise<T> {
    if (storage.getStore() === undefined) return work()
    try {
      return await runUnitOfWork(work)
    } finally {
      this.#reads?.clear()
    }
  }

  /** The rows of an earlier read with the same statement and parameters, unless the request has since changed its tables. */
  read<Row>(
    sql: string,
    parameters: readonly unknown[],
    query: () => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    const reads = this.#reads
    if (reads === undefined) return query()
    const sameReads = readsOf(reads, sql)
    const key = JSON.stringify(parameters)
    const earlier = sameReads.get(key)
    // The cast is safe: the same statement returns the same columns.
    if (earlier && performance.now() - earlier.at < maxAge) return earlier.rows as Promise<readonly Row[]>
    const rows = query()
    sameReads.set(key, { at: performance.now(), rows })
    rows.catch(() => sameReads.delete(key))
    return rows
  }

  /** The rows of a statement that locks until the transaction ends. It is sent once; other reads before it are forgotten. */
  async lock<Row>(sql: string, parameters: readonly unknown[], query: () => Promise<readonly Row[]>) {
    const reads = this.#reads
    const key = JSON.stringify(parameters)
    const earlier = reads?.get(sql)?.get(key)
    // The cast is safe, as in `read`.
    if (earlier) return earlier.rows as Promise<readonly Row[]>
    const rows = await query()
    reads?.clear()
    if (reads) readsOf(reads, sql).set(key, { at: Number.POSITIVE_INFINITY, rows: Promise.resolve(rows) })
    return rows
  }

  /** Discards the reads that a statement may have changed. A lock may have waited for any change, and a deletion may cascade. */
  forget(sql: string): void {
    const reads = this.#reads
    if (reads === undefined || reads.size === 0) return
    const changed = changedReads(sql)
    if (changed === 'none') return
    for (const read of reads.keys()) if (changed === 'any' || changed.test(read)) reads.delete(read)
  }

  get #reads(): Reads | undefined {
    const units = storage.getStore()
    if (units === undefined) return undefined
    const reads: Reads = units.get(this.#database) ?? new Map()
    units.set(this.#database, reads)
    return reads
  }
}

function readsOf(reads: Reads, sql: string): Map<string, Read> {
  const sameReads = reads.get(sql) ?? new Map<string, Read>()
  reads.set(sql, sameReads)
  return sameReads
}

/** Matches the reads of the changed table. */
type ChangedReads = 'none' | 'any' | RegExp

/** The reads whose rows a statement may change. */
const changedReads = cacheByStatement((sql): ChangedReads => {
  const isPlainRead = /^\s*SELECT\b/i.test(sql) && !/\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)\b/i.test(sql)
  const table = /^\s*(?:INSERT\s+INTO|UPDATE)\s+"?(\w+)/i.exec(sql)?.[1]
  const written = table === undefined ? 'any' : new RegExp(`\\b${table}\\b`)
  return isPlainRead ? 'none' : written
})
