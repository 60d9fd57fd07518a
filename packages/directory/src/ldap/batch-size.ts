import { performance } from 'node:perf_hooks'

/** Milliseconds that one transaction may keep this process from everything else. */
const longest = 40
const least = 10

/**
 * How many rows a transaction takes: as many as leave others waiting for a short time only, on this machine and with this
 * database. With SQLite nothing else happens from the begin of a transaction to its end; what another server does is waited for.
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

  /** Begins to look at a transaction of so many rows; what it returns is called at its end. */
  watch(rows: number): () => void {
    const before = performance.eventLoopUtilization()
    return () => {
      const { active } = performance.eventLoopUtilization(before)
      // A few rows say little about many.
      const fitting = Math.floor((rows * longest) / Math.max(active, 1))
      this.#size = Math.max(least, Math.min(fitting, this.#size * 2, this.#most))
    }
  }
}
