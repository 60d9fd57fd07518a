import type { KeyStatus, KeyStore, StoredKey } from '../oidc/key-store.ts'
import { addValue, type MemoryState } from './memory-state.ts'

const statusOrder: Readonly<Record<KeyStatus, number>> = { current: 0, next: 1, previous: 2 }

export function createMemoryKeyStore(state: MemoryState): KeyStore {
  const keys = state.map<StoredKey>()

  const list = () => [...keys.values()].sort(byAlgorithmAndStatus)

  const isTaken = (algorithm: string, status: KeyStatus): boolean => {
    if (status === 'previous') return false
    return [...keys.values()].some((key) => key.algorithm === algorithm && key.status === status)
  }

  return state.store<KeyStore>({
    list,
    listCached: list,
    insert: (key) => !isTaken(key.algorithm, key.status) && addValue(keys, key.kid, key),

    move(kid, from, to, at) {
      const key = keys.get(kid)
      if (key?.status !== from) return false
      if (from !== to && isTaken(key.algorithm, to)) throw new Error(`A ${to} key already exists`)
      keys.set(kid, { ...key, status: to, statusSince: at })
      return true
    },

    requestReplacement(kid, at) {
      const key = keys.get(kid)
      if (key?.status !== 'current') return false
      keys.set(kid, { ...key, replacementRequestedAt: at })
      return true
    },

    remove: (kid) => keys.delete(kid),
  })
}

function byAlgorithmAndStatus(left: StoredKey, right: StoredKey): number {
  if (left.algorithm !== right.algorithm) return left.algorithm < right.algorithm ? -1 : 1
  return statusOrder[left.status] - statusOrder[right.status] || right.statusSince - left.statusSince
}
