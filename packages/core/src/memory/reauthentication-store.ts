import type { ReauthenticationStore, StoredReauthentication } from '../sessions/reauthentication-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export function createMemoryReauthenticationStore(state: MemoryState): ReauthenticationStore {
  const rows = state.map<StoredReauthentication>()
  return state.store<ReauthenticationStore>({
    insert(reauthentication) {
      if (!addValue(rows, reauthentication.hash, reauthentication))
        throw new Error('This reauthentication is already stored')
    },

    consume({ hash, accountId, sessionUid }) {
      const found = rows.get(hash)
      return found?.accountId === accountId && found.sessionUid === sessionUid ? takeValue(rows, hash) : undefined
    },

    removeByAccount: (accountId) => removeWhere(rows, (row) => row.accountId === accountId),

    removeExpired: (before, limit) => removeExpired(rows, before, limit),
  })
}
