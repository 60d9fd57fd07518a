import type { SpentChallengeStore } from '../passkeys/spent-challenge-store.ts'
import { addValue, type MemoryState } from './memory-state.ts'

export function createMemorySpentChallengeStore(state: MemoryState): SpentChallengeStore {
  const positions = state.map<number>()
  let lastPosition = 0
  return state.store<SpentChallengeStore>({
    insert: (hash) => addValue(positions, hash, ++lastPosition),
    lastPosition: () => Math.max(0, ...positions.values()),

    removeUpTo(position, limit) {
      const removed = [...positions].filter(([, storedPosition]) => storedPosition <= position).slice(0, limit)
      for (const [hash] of removed) positions.delete(hash)
      return removed.length
    },
  })
}
