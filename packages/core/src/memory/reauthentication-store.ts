import type { ReauthenticationStore, StoredReauthentication } from '../sessions/reauthentication-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export function createMemoryReauthenticationStore(state: MemoryState): ReauthenticationStore {
  const rows = state.map<StoredReauthentication>()
  return {
    insert: (reauthentication) =>
      state.run(() => {
        if (!addValue(rows, reauthentication.hash, reauthentication))
          throw new Error('This reauthentication is already stored')
      }),

    consume: ({ hash, accountId, sessionUid }) =>
      state.run(() => {
        const found = rows.get(hash)
        return found?.accountId === accountId && found.sessionUid === sessionUid ? takeValue(rows, hash) : undefined
      }),

    async removeByAccount(accountId) {
      await state.run(() => removeWhere(rows, (row) => row.accountId === accountId))
    },

    removeExpired: (before, limit) => state.run(() => removeExpired(rows, before, limit)),
  }
}
