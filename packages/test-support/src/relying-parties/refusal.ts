/** An application rejects a response; the message gives the reason for its log. */
export class RefusalError extends Error {}

/** One check of an application, in words. */
export interface Check {
  readonly name: string
  readonly passed: boolean
  /** The reason for a failure; absent if the check passed. */
  readonly reason?: string
}

/** Runs checks in order, up to the first failure. */
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
      if (error instanceof RefusalError) this.#done.push({ name, passed: false, reason: error.message })
      throw error
    }
  }
}
