import { setImmediate } from 'node:timers/promises'

/** Milliseconds that other work waits at most for one turn, provided that single steps are short. */
const longest = 10
/** Reading the clock costs more than a step. */
const stepsBetweenLooks = 32

/** Splits a long computation so that other work, such as a sign-in, can run in between. */
export class Turns {
  readonly #signal: AbortSignal | undefined
  #began = performance.now()
  #steps = 0

  /** @param signal - Aborts the computation at its next step. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Yields between two long steps. @throws the reason of the signal */
  async pass(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#began = performance.now()
    this.#steps = 0
  }

  /** Yields if the turn has lasted long enough. @param steps - The number of completed steps. @throws the reason of the signal */
  async step(steps = 1): Promise<void> {
    if (this.#isOver(steps)) await this.pass()
  }

  /** Like the array method, in turns. @throws the reason of the signal */
  async flatMap<Item, Result>(items: readonly Item[], work: (item: Item) => readonly Result[]): Promise<Result[]> {
    const results: Result[] = []
    for (const item of items) {
      for (const result of work(item)) results.push(result)
      if (this.#isOver()) await this.pass()
    }
    return results
  }

  /** Calls `work` for each item, in turns. @throws the reason of the signal */
  async each<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
    for (const item of items) {
      work(item)
      if (this.#isOver()) await this.pass()
    }
  }

  #isOver(steps = 1): boolean {
    this.#steps += steps
    if (this.#steps < stepsBetweenLooks) return false
    this.#steps = 0
    return performance.now() - this.#began >= longest
  }
}
