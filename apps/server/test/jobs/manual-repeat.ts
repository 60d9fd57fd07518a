import type { Repeat } from '../../src/jobs/repeat.ts'

/** A repeat without a timer: the test triggers each run. */
export class ManualRepeat {
  readonly #works = new Set<() => Promise<void>>()

  readonly repeat: Repeat = (_, work) => {
    this.#works.add(work)
    return { [Symbol.dispose]: () => this.#works.delete(work) }
  }

  get size(): number {
    return this.#works.size
  }

  /** Runs each task once; resolves when it is done. */
  async tick(): Promise<void> {
    await Promise.all(Array.from(this.#works, (work) => work()))
  }
}
