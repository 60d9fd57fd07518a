import type { CodeStore, StoredCode } from '../codes/code-store.ts'
import { add, type MemoryState, removeExpired, removeWhere, take } from './memory-state.ts'

export class MemoryCodeStore implements CodeStore {
  readonly #state: MemoryState
  readonly #codes: Map<string, StoredCode>

  constructor(state: MemoryState) {
    this.#state = state
    this.#codes = state.map()
  }

  insert(code: StoredCode): Promise<void> {
    return this.#state.run(() => {
      if (!add(this.#codes, code.hash, code)) throw new Error('This code is stored already')
    })
  }

  consume(hash: string, browserHash: string | null = null): Promise<StoredCode | undefined> {
    return this.#state.run(() => {
      const bound = this.#codes.get(hash)?.browserHash ?? null
      return bound === null || bound === browserHash ? take(this.#codes, hash) : undefined
    })
  }

  remove(hash: string): Promise<boolean> {
    return this.#state.run(() => this.#codes.delete(hash))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#codes, (code) => code.accountId === accountId))
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#codes, before, limit))
  }
}
