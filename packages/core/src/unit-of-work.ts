import { AsyncLocalStorage } from 'node:async_hooks'

type Reads = Map<string, { readonly at: number; readonly rows: Promise<readonly unknown[]> }>

const storage = new AsyncLocalStorage<WeakMap<object, Reads>>()

/** Milliseconds. A request that waits for something else, such as a decision on another device, reads again. */
const maxAge = 1000

/** Runs one request, in which the same rows are read once ({@link UnitOfWork.read}). */
export function runUnitOfWork<T>(work: () => T): T {
  return storage.run(new WeakMap(), work)
}

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
    const key = keyOf(sql, parameters)
    const earlier = reads.get(key)
    // The cast is safe: the same statement returns the same columns.
    if (earlier && performance.now() - earlier.at < maxAge) return earlier.rows as Promise<readonly Row[]>
    const rows = query()
    reads.set(key, { at: performance.now(), rows })
    rows.catch(() => reads.delete(key))
    return rows
  }

  /** The rows of a statement that locks until the transaction ends. It is sent once; other reads before it are forgotten. */
  async lock<Row>(sql: string, parameters: readonly unknown[], query: () => Promise<readonly Row[]>) {
    const reads = this.#reads
    const key = keyOf(sql, parameters)
    const earlier = reads?.get(key)
    // The cast is safe, as in `read`.
    if (earlier) return earlier.rows as Promise<readonly Row[]>
    const rows = await query()
    reads?.clear()
    reads?.set(key, { at: Number.POSITIVE_INFINITY, rows: Promise.resolve(rows) })
    return rows
  }

  /** Discards the reads that a statement may have changed. A lock may have waited for any change, and a deletion may cascade. */
  forget(sql: string): void {
    const reads = this.#reads
    if (reads === undefined || reads.size === 0 || isPlainRead(sql)) return
    const table = /^\s*(?:INSERT\s+INTO|UPDATE)\s+"?(\w+)/i.exec(sql)?.[1]
    const mentionsTable = new RegExp(`\\b${table}\\b`)
    for (const key of reads.keys()) if (table === undefined || mentionsTable.test(key)) reads.delete(key)
  }

  get #reads(): Reads | undefined {
    const units = storage.getStore()
    if (units === undefined) return undefined
    const reads: Reads = units.get(this.#database) ?? new Map()
    units.set(this.#database, reads)
    return reads
  }
}

function keyOf(sql: string, parameters: readonly unknown[]): string {
  return sql + JSON.stringify(parameters)
}

function isPlainRead(sql: string): boolean {
  return /^\s*SELECT\b/i.test(sql) && !/\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)\b/i.test(sql)
}
