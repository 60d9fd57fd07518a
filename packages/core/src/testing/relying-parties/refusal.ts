/** What an application does not put up with; the message says what, for whoever reads its log. */
export class Refusal extends Error {}

/** One thing that an application looks at, in words. */
export interface Check {
  readonly name: string
  readonly passed: boolean
  /** Why not; absent where it passed. */
  readonly reason?: string
}

/** Looks at one thing after another, up to the first that is refused. */
export class Checklist {
  readonly #done: Check[] = []

  get done(): readonly Check[] {
    return this.#done
  }

  async check<T>(name: string, look: () => T | Promise<T>): Promise<T> {
    try {
      const found = await look()
      this.#done.push({ name, passed: true })
      return found
    } catch (error) {
      if (error instanceof Refusal) this.#done.push({ name, passed: false, reason: error.message })
      throw error
    }
  }
}
