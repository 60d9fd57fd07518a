import type { CodeStore, StoredCode } from '../codes/code-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export function createMemoryCodeStore(state: MemoryState): CodeStore {
  const codes = state.map<StoredCode>()
  return {
    insert: (code) =>
      state.run(() => {
        if (!addValue(codes, code.hash, code)) throw new Error('This code is already stored')
      }),

    consume: (hash, browserHash = null) =>
      state.run(() => {
        const boundHash = codes.get(hash)?.browserHash ?? null
        return boundHash === null || boundHash === browserHash ? takeValue(codes, hash) : undefined
      }),

    find: (hash) => state.run(() => codes.get(hash)),

    count: (accountId, kind, now) =>
      state.run(
        () =>
          [...codes.values()].filter(
            (code) => code.accountId === accountId && code.kind === kind && code.expiresAt > now,
          ).length,
      ),

    removeKinds: (accountId, kinds) =>
      state.run(() => {
        const before = codes.size
        removeWhere(codes, (code) => code.accountId === accountId && code.kind !== null && kinds.includes(code.kind))
        return before - codes.size
      }),

    async removeCreatedIn(accountId, sessionUids) {
      await state.run(() =>
        removeWhere(
          codes,
          (code) => code.accountId === accountId && code.sessionUid !== null && sessionUids.includes(code.sessionUid),
        ),
      )
    },

    remove: (hash) => state.run(() => codes.delete(hash)),

    async removeByAccount(accountId) {
      await state.run(() => removeWhere(codes, (code) => code.accountId === accountId))
    },

    async expireByAccount(accountId) {
      await state.run(() => {
        for (const [hash, code] of codes) if (code.accountId === accountId) codes.set(hash, { ...code, expiresAt: 0 })
      })
    },

    removeExpired: (before, limit) => state.run(() => removeExpired(codes, before, limit)),
  }
}
