import type { Repeat } from '../../src/jobs/repeat.ts'

/** A repeat without time: what was asked for is done when the test says so. */
export class ManualRepeat {
  readonly #works = new Set<() => Promise<void>>()

  readonly repeat: Repeat = (_, work) => {
    this.#works.add(work)
    return { [Symbol.dispose]: () => this.#works.delete(work) }
  }

  get size(): number {
    return this.#works.size
  }

  /** Does each piece of work once; resolves when it is done. */
  async tick(): Promise<void> {
    await Promise.all(Array.from(this.#works, (work) => work()))
  }
}
