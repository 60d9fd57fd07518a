import type { SpentChallengeStore } from '../passkeys/spent-challenge-store.ts'
import { addValue, type MemoryState } from './memory-state.ts'

export class MemorySpentChallengeStore implements SpentChallengeStore {
  readonly #state: MemoryState
  readonly #positions: Map<string, number>
  #lastPosition = 0

  constructor(state: MemoryState) {
    this.#state = state
    this.#positions = state.map()
  }

  insert(hash: string): Promise<boolean> {
    return this.#state.run(() => addValue(this.#positions, hash, ++this.#lastPosition))
  }

  lastPosition(): Promise<number> {
    return this.#state.run(() => Math.max(0, ...this.#positions.values()))
  }

  removeUpTo(position: number, limit: number): Promise<number> {
    return this.#state.run(() => {
      const removed = [...this.#positions].filter(([, storedPosition]) => storedPosition <= position).slice(0, limit)
      for (const [hash] of removed) this.#positions.delete(hash)
      return removed.length
    })
  }
}
