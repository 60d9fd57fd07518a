import type { InitialAccessToken, InitialAccessTokenStore } from '../clients/initial-access-token-store.ts'
import { type MemoryState, removeExpired } from './memory-state.ts'

export function createMemoryInitialAccessTokenStore(state: MemoryState): InitialAccessTokenStore {
  const tokens = state.map<InitialAccessToken>()

  const byHash = (tokenHash: string): InitialAccessToken | undefined =>
    [...tokens.values()].find((token) => token.tokenHash === tokenHash)

  return {
    async insert(token) {
      await state.run(() => tokens.set(token.id, token))
    },

    findByHash: (tokenHash) => state.run(() => byHash(tokenHash)),

    list: (now) =>
      state.run(() =>
        [...tokens.values()]
          .filter(({ expiresAt }) => expiresAt > now)
          .sort((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1)),
      ),

    use: (tokenHash, now) =>
      state.run(() => {
        const token = byHash(tokenHash)
        if (!token || token.usageCount >= token.usageLimit || token.expiresAt <= now) return false
        tokens.set(token.id, { ...token, usageCount: token.usageCount + 1 })
        return true
      }),

    remove: (id) => state.run(() => tokens.delete(id)),
    removeExpired: (before, limit) => state.run(() => removeExpired(tokens, before, limit)),
  }
}
