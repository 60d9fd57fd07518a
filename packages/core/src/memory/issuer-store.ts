import type { IssuerStore } from '../issuer-store.ts'
import { addValue, type MemoryState } from './memory-state.ts'

const key = 'issuer'

export function createMemoryIssuerStore(state: MemoryState): IssuerStore {
  const issuers = state.map<string>()
  return state.store<IssuerStore>({
    claim(issuer) {
      addValue(issuers, key, issuer)
      return issuers.get(key) ?? issuer
    },

    replace(from, to) {
      if (issuers.get(key) !== from) return false
      issuers.set(key, to)
      return true
    },
  })
}
