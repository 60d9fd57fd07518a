import type { InitialAccessToken, InitialAccessTokenStore } from '../clients/initial-access-token-store.ts'
import { type MemoryState, removeExpired } from './memory-state.ts'

export function createMemoryInitialAccessTokenStore(state: MemoryState): InitialAccessTokenStore {
  const tokens = state.map<InitialAccessToken>()

  const byHash = (tokenHash: string): InitialAccessToken | undefined =>
    [...tokens.values()].find((token) => token.tokenHash === tokenHash)

  return state.store<InitialAccessTokenStore>({
    insert: (token) => tokens.set(token.id, token),

    findByHash: (tokenHash) => byHash(tokenHash),

    list: (now) =>
      [...tokens.values()]
        .filter(({ expiresAt }) => expiresAt > now)
        .sort((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1)),

    use(tokenHash, now) {
      const token = byHash(tokenHash)
      if (!token || token.usageCount >= token.usageLimit || token.expiresAt <= now) return false
      tokens.set(token.id, { ...token, usageCount: token.usageCount + 1 })
      return true
    },

    remove: (id) => tokens.delete(id),
    removeExpired: (before, limit) => removeExpired(tokens, before, limit),
  })
}
