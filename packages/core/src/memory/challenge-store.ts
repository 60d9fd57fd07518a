import type { Challenge, ChallengeStore } from '../passkeys/challenge-store.ts'
import { add, type MemoryState, removeExpired, take } from './memory-state.ts'

export class MemoryChallengeStore implements ChallengeStore {
  readonly #state: MemoryState
  readonly #challenges: Map<string, Challenge>

  constructor(state: MemoryState) {
    this.#state = state
    this.#challenges = state.map()
  }

  insert(challenge: Challenge): Promise<void> {
    return this.#state.run(() => {
      if (!add(this.#challenges, challenge.hash, challenge)) throw new Error('This challenge is stored already')
    })
  }

  consume(hash: string): Promise<Challenge | undefined> {
    return this.#state.run(() => take(this.#challenges, hash))
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#challenges, before, limit))
  }
}
