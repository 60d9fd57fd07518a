import type { ReauthenticationStore, StoredReauthentication } from '../sessions/reauthentication-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export class MemoryReauthenticationStore implements ReauthenticationStore {
  readonly #state: MemoryState
  readonly #rows: Map<string, StoredReauthentication>

  constructor(state: MemoryState) {
    this.#state = state
    this.#rows = state.map()
  }

  insert(reauthentication: StoredReauthentication): Promise<void> {
    return this.#state.run(() => {
      if (!addValue(this.#rows, reauthentication.hash, reauthentication))
        throw new Error('This reauthentication is already stored')
    })
  }

  consume({
    hash,
    accountId,
    sessionUid,
  }: Pick<StoredReauthentication, 'hash' | 'accountId' | 'sessionUid'>): Promise<StoredReauthentication | undefined> {
    return this.#state.run(() => {
      const found = this.#rows.get(hash)
      return found?.accountId === accountId && found.sessionUid === sessionUid ? takeValue(this.#rows, hash) : undefined
    })
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#rows, (row) => row.accountId === accountId))
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#rows, before, limit))
  }
}
