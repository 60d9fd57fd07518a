import { performance } from 'node:perf_hooks'

/** The maximum number of milliseconds that one transaction may block this process. */
const maxBlockingMs = 40
const minSize = 10

/**
 * Adapts the rows per transaction to the speed of this machine and database, so that other work waits only briefly. SQLite
 * blocks all other work during a transaction; a remote database does not.
 */
export class BatchSize {
  readonly #max: number
  #size: number

  constructor({ initial, max }: { readonly initial: number; readonly max: number }) {
    this.#size = initial
    this.#max = max
  }

  get current(): number {
    return this.#size
  }

  /** Starts measuring a transaction of the given number of rows; call the returned function at its end. */
  measure(rows: number): () => void {
    const start = performance.eventLoopUtilization()
    return () => {
      const { active } = performance.eventLoopUtilization(start)
      // A small sample does not predict large batches.
      const target = Math.floor((rows * maxBlockingMs) / Math.max(active, 1))
      this.#size = Math.max(minSize, Math.min(target, this.#size * 2, this.#max))
    }
  }
}
