import { setImmediate } from 'node:timers/promises'

/** Milliseconds that others wait at most for one of these turns, as far as a single step is short. */
const longest = 10
/** Looking at the clock is dearer than a step. */
const stepsBetweenLooks = 32

/** A long reckoning is no reason for a sign-in to wait: it lets others work again and again. */
export class Turns {
  readonly #signal: AbortSignal | undefined
  #began = performance.now()
  #steps = 0

  /** @param signal - Ends the reckoning where it would go on. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Lets others work now, between two steps that are long themselves. @throws the reason of the signal */
  async pass(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#began = performance.now()
    this.#steps = 0
  }

  /** Lets others work where it is time for that. @param steps - So many are done. @throws the reason of the signal */
  async step(steps = 1): Promise<void> {
    if (this.#isOver(steps)) await this.pass()
  }

  /** As the method of arrays, in turns. @throws the reason of the signal */
  async flatMap<Item, Result>(items: readonly Item[], work: (item: Item) => readonly Result[]): Promise<Result[]> {
    const results: Result[] = []
    for (const item of items) {
      for (const result of work(item)) results.push(result)
      if (this.#isOver()) await this.pass()
    }
    return results
  }

  /** Does it with one after the other, in turns. @throws the reason of the signal */
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
