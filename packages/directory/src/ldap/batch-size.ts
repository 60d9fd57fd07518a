import { performance } from 'node:perf_hooks'

/** The maximum number of milliseconds that one transaction may block this process. */
const longest = 40
const least = 10

/**
 * Adapts the rows per transaction to the speed of this machine and database, so that other work waits only briefly. SQLite
 * blocks all other work during a transaction; a remote database does not.
 */
export class BatchSize {
  readonly #most: number
  #size: number

  constructor({ first, most }: { readonly first: number; readonly most: number }) {
    this.#size = first
    this.#most = most
  }

  get now(): number {
    return this.#size
  }

  /** Starts measuring a transaction of the given number of rows; call the returned function at its end. */
  watch(rows: number): () => void {
    const before = performance.eventLoopUtilization()
    return () => {
      const { active } = performance.eventLoopUtilization(before)
      // A small sample does not predict large batches.
      const fitting = Math.floor((rows * longest) / Math.max(active, 1))
      this.#size = Math.max(least, Math.min(fitting, this.#size * 2, this.#most))
    }
  }
}
