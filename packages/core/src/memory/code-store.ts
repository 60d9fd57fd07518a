import type { CodeStore, RecoveryCodeKind, StoredCode } from '../codes/code-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export class MemoryCodeStore implements CodeStore {
  readonly #state: MemoryState
  readonly #codes: Map<string, StoredCode>

  constructor(state: MemoryState) {
    this.#state = state
    this.#codes = state.map()
  }

  insert(code: StoredCode): Promise<void> {
    return this.#state.run(() => {
      if (!addValue(this.#codes, code.hash, code)) throw new Error('This code is already stored')
    })
  }

  consume(hash: string, browserHash: string | null = null): Promise<StoredCode | undefined> {
    return this.#state.run(() => {
      const boundHash = this.#codes.get(hash)?.browserHash ?? null
      return boundHash === null || boundHash === browserHash ? takeValue(this.#codes, hash) : undefined
    })
  }

  find(hash: string): Promise<StoredCode | undefined> {
    return this.#state.run(() => this.#codes.get(hash))
  }

  count(accountId: string, kind: RecoveryCodeKind, now: number): Promise<number> {
    return this.#state.run(
      () =>
        [...this.#codes.values()].filter(
          (code) => code.accountId === accountId && code.kind === kind && code.expiresAt > now,
        ).length,
    )
  }

  removeKinds(accountId: string, kinds: readonly RecoveryCodeKind[]): Promise<number> {
    return this.#state.run(() => {
      const before = this.#codes.size
      removeWhere(
        this.#codes,
        (code) => code.accountId === accountId && code.kind !== null && kinds.includes(code.kind),
      )
      return before - this.#codes.size
    })
  }

  async removeCreatedIn(accountId: string, sessionUids: readonly string[]): Promise<void> {
    await this.#state.run(() =>
      removeWhere(
        this.#codes,
        (code) => code.accountId === accountId && code.sessionUid !== null && sessionUids.includes(code.sessionUid),
      ),
    )
  }

  remove(hash: string): Promise<boolean> {
    return this.#state.run(() => this.#codes.delete(hash))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#codes, (code) => code.accountId === accountId))
  }

  async expireByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => {
      for (const [hash, code] of this.#codes)
        if (code.accountId === accountId) this.#codes.set(hash, { ...code, expiresAt: 0 })
    })
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#codes, before, limit))
  }
}
