import type { InitialAccessToken, InitialAccessTokenStore } from '../clients/initial-access-token-store.ts'
import { type MemoryState, removeExpired } from './memory-state.ts'

export class MemoryInitialAccessTokenStore implements InitialAccessTokenStore {
  readonly #state: MemoryState
  readonly #tokens: Map<string, InitialAccessToken>

  constructor(state: MemoryState) {
    this.#state = state
    this.#tokens = state.map()
  }

  async insert(token: InitialAccessToken): Promise<void> {
    await this.#state.run(() => this.#tokens.set(token.id, token))
  }

  findByHash(tokenHash: string): Promise<InitialAccessToken | undefined> {
    return this.#state.run(() => this.#byHash(tokenHash))
  }

  list(now: number): Promise<readonly InitialAccessToken[]> {
    return this.#state.run(() =>
      [...this.#tokens.values()]
        .filter(({ expiresAt }) => expiresAt > now)
        .sort((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1)),
    )
  }

  use(tokenHash: string, now: number): Promise<boolean> {
    return this.#state.run(() => {
      const token = this.#byHash(tokenHash)
      if (!token || token.usageCount >= token.usageLimit || token.expiresAt <= now) return false
      this.#tokens.set(token.id, { ...token, usageCount: token.usageCount + 1 })
      return true
    })
  }

  remove(id: string): Promise<boolean> {
    return this.#state.run(() => this.#tokens.delete(id))
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#tokens, before, limit))
  }

  #byHash(tokenHash: string): InitialAccessToken | undefined {
    return [...this.#tokens.values()].find((token) => token.tokenHash === tokenHash)
  }
}
