import { type LimitRequest, type LimitStore, type StoredLimit, takeToken } from '../limits/limit-store.ts'
import { type MemoryState, removeExpired } from './memory-state.ts'

export class MemoryLimitStore implements LimitStore {
  readonly #state: MemoryState
  readonly #limits: Map<string, StoredLimit>

  constructor(state: MemoryState) {
    this.#state = state
    this.#limits = state.map()
  }

  consume(request: LimitRequest): Promise<StoredLimit> {
    return this.#state.run(() => {
      const updated = takeToken(request, this.#limits.get(request.key) ?? { expiresAt: 0 })
      this.#limits.set(request.key, updated)
      return updated
    })
  }

  refund(key: string, interval: number): Promise<void> {
    return this.#state.run(() => {
      const stored = this.#limits.get(key)
      if (stored) this.#limits.set(key, { ...stored, expiresAt: stored.expiresAt - interval })
    })
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#limits, before, limit))
  }
}
