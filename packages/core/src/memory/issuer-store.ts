import type { IssuerStore } from '../issuer-store.ts'
import { addValue, type MemoryState } from './memory-state.ts'

const key = 'issuer'

export class MemoryIssuerStore implements IssuerStore {
  readonly #state: MemoryState
  readonly #issuer: Map<string, string>

  constructor(state: MemoryState) {
    this.#state = state
    this.#issuer = state.map()
  }

  claim(issuer: string): Promise<string> {
    return this.#state.run(() => {
      addValue(this.#issuer, key, issuer)
      return this.#issuer.get(key) ?? issuer
    })
  }

  replace(from: string, to: string): Promise<boolean> {
    return this.#state.run(() => {
      if (this.#issuer.get(key) !== from) return false
      this.#issuer.set(key, to)
      return true
    })
  }
}
