import type { ConnectionAttempt, ConnectionLogStore } from '../connection-log/connection-attempt.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export class MemoryConnectionLogStore implements ConnectionLogStore {
  readonly #state: MemoryState
  readonly #attempts: Map<string, ConnectionAttempt>
  readonly #hasClient: (id: string) => boolean

  constructor(state: MemoryState, hasClient: (id: string) => boolean) {
    this.#state = state
    this.#attempts = state.map()
    this.#hasClient = hasClient
  }

  async insert(attempts: readonly ConnectionAttempt[], limit: number): Promise<void> {
    await this.#state.run(() => {
      for (const attempt of attempts) if (this.#hasClient(attempt.clientId)) this.#attempts.set(attempt.id, attempt)
      for (const { clientId } of attempts)
        for (const { id } of this.#newestFirst(clientId).slice(limit)) this.#attempts.delete(id)
    })
  }

  list(clientId: string, limit: number): Promise<readonly ConnectionAttempt[]> {
    return this.#state.run(() => (this.#hasClient(clientId) ? this.#newestFirst(clientId).slice(0, limit) : []))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#attempts, (attempt) => attempt.accountId === accountId))
  }

  #newestFirst(clientId: string): ConnectionAttempt[] {
    return [...this.#attempts.values()]
      .filter((attempt) => attempt.clientId === clientId)
      .sort((left, right) => right.sequence - left.sequence)
  }
}
