import { setImmediate } from 'node:timers/promises'

/** Milliseconds that other work waits at most for one turn, provided that single steps are short. */
const maxTurnMs = 10

/** Splits a long computation so that other work, such as a sign-in, can run in between. */
export class CooperativeScheduler {
  readonly #signal: AbortSignal | undefined
  #turnStart = performance.now()

  /** @param signal - Aborts the computation at its next step. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Yields between two long steps. @throws the reason of the signal */
  async yield(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#turnStart = performance.now()
  }

  /** Yields if the turn has lasted long enough. @throws the reason of the signal */
  async yieldIfDue(): Promise<void> {
    if (this.#isDue()) await this.yield()
  }

  /** Like the array method, in turns. @throws the reason of the signal */
  async flatMap<Item, Result>(items: readonly Item[], callback: (item: Item) => readonly Result[]): Promise<Result[]> {
    const results: Result[] = []
    for (const item of items) {
      for (const result of callback(item)) results.push(result)
      if (this.#isDue()) await this.yield()
    }
    return results
  }

  #isDue(): boolean {
    return performance.now() - this.#turnStart >= maxTurnMs
  }
}
