import type { CodeStore, StoredCode } from '../codes/code-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export function createMemoryCodeStore(state: MemoryState): CodeStore {
  const codes = state.map<StoredCode>()
  return state.store<CodeStore>({
    insert(code) {
      if (!addValue(codes, code.hash, code)) throw new Error('This code is already stored')
    },

    consume(hash, browserHash = null) {
      const boundHash = codes.get(hash)?.browserHash ?? null
      return boundHash === null || boundHash === browserHash ? takeValue(codes, hash) : undefined
    },

    find: (hash) => codes.get(hash),

    count: (accountId, kind, now) =>
      [...codes.values()].filter((code) => code.accountId === accountId && code.kind === kind && code.expiresAt > now)
        .length,

    removeKinds(accountId, kinds) {
      const before = codes.size
      removeWhere(codes, (code) => code.accountId === accountId && code.kind !== null && kinds.includes(code.kind))
      return before - codes.size
    },

    removeCreatedIn: (accountId, sessionUids) =>
      removeWhere(
        codes,
        (code) => code.accountId === accountId && code.sessionUid !== null && sessionUids.includes(code.sessionUid),
      ),

    remove: (hash) => codes.delete(hash),

    removeByAccount: (accountId) => removeWhere(codes, (code) => code.accountId === accountId),

    expireByAccount(accountId) {
      for (const [hash, code] of codes) if (code.accountId === accountId) codes.set(hash, { ...code, expiresAt: 0 })
    },

    removeExpired: (before, limit) => removeExpired(codes, before, limit),
  })
}
