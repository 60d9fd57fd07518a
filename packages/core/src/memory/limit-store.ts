import { type LimitStore, type StoredLimit, takeToken } from '../limits/limit-store.ts'
import { type MemoryState, removeExpired } from './memory-state.ts'

export function createMemoryLimitStore(state: MemoryState): LimitStore {
  const limits = state.map<StoredLimit>()
  return state.store<LimitStore>({
    consume(request) {
      const updated = takeToken(request, limits.get(request.key) ?? { expiresAt: 0 })
      limits.set(request.key, updated)
      return updated
    },

    refund(key, interval) {
      const stored = limits.get(key)
      if (stored) limits.set(key, { ...stored, expiresAt: stored.expiresAt - interval })
    },

    removeExpired: (before, limit) => removeExpired(limits, before, limit),
  })
}
