import { setImmediate } from 'node:timers/promises'

/** Milliseconds that other work waits at most for one turn, provided that single steps are short. */
const maxTurnMs = 10
/** Reading the clock costs more than a step. */
const stepsPerClockRead = 32

/** Splits a long computation so that other work, such as a sign-in, can run in between. */
export class CooperativeScheduler {
  readonly #signal: AbortSignal | undefined
  #turnStart = performance.now()
  #stepCount = 0

  /** @param signal - Aborts the computation at its next step. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Yields between two long steps. @throws the reason of the signal */
  async yield(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#turnStart = performance.now()
    this.#stepCount = 0
  }

  /** Yields if the turn has lasted long enough. @param stepCount - The number of completed steps. @throws the reason of the signal */
  async yieldIfDue(stepCount = 1): Promise<void> {
    if (this.#isDue(stepCount)) await this.yield()
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

  /** Calls `work` for each item, in turns. @throws the reason of the signal */
  async forEach<Item>(items: Iterable<Item>, callback: (item: Item) => void): Promise<void> {
    for (const item of items) {
      callback(item)
      if (this.#isDue()) await this.yield()
    }
  }

  #isDue(stepCount = 1): boolean {
    this.#stepCount += stepCount
    if (this.#stepCount < stepsPerClockRead) return false
    this.#stepCount = 0
    return performance.now() - this.#turnStart >= maxTurnMs
  }
}
