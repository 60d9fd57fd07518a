import type { KeyStatus, KeyStore, StoredKey } from '../oidc/key-store.ts'
import { addValue, type MemoryState } from './memory-state.ts'

const statusOrder: Readonly<Record<KeyStatus, number>> = { current: 0, next: 1, previous: 2 }

export class MemoryKeyStore implements KeyStore {
  readonly #state: MemoryState
  readonly #keys: Map<string, StoredKey>

  constructor(state: MemoryState) {
    this.#state = state
    this.#keys = state.map()
  }

  list(): Promise<readonly StoredKey[]> {
    return this.#state.run(() => [...this.#keys.values()].sort(byAlgorithmAndStatus))
  }

  listCached(): Promise<readonly StoredKey[]> {
    return this.list()
  }

  insert(key: StoredKey): Promise<boolean> {
    return this.#state.run(() => !this.#isTaken(key.algorithm, key.status) && addValue(this.#keys, key.kid, key))
  }

  move(kid: string, from: KeyStatus, to: KeyStatus, at: number): Promise<boolean> {
    return this.#state.run(() => {
      const key = this.#keys.get(kid)
      if (key?.status !== from) return false
      if (from !== to && this.#isTaken(key.algorithm, to)) throw new Error(`A ${to} key already exists`)
      this.#keys.set(kid, { ...key, status: to, statusSince: at })
      return true
    })
  }

  requestReplacement(kid: string, at: number): Promise<boolean> {
    return this.#state.run(() => {
      const key = this.#keys.get(kid)
      if (key?.status !== 'current') return false
      this.#keys.set(kid, { ...key, replacementRequestedAt: at })
      return true
    })
  }

  async remove(kid: string): Promise<void> {
    await this.#state.run(() => this.#keys.delete(kid))
  }

  #isTaken(algorithm: string, status: KeyStatus): boolean {
    if (status === 'previous') return false
    return [...this.#keys.values()].some((key) => key.algorithm === algorithm && key.status === status)
  }
}

function byAlgorithmAndStatus(left: StoredKey, right: StoredKey): number {
  if (left.algorithm !== right.algorithm) return left.algorithm < right.algorithm ? -1 : 1
  return statusOrder[left.status] - statusOrder[right.status] || right.statusSince - left.statusSince
}
