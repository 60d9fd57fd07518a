import { isLastPasskey } from '../passkeys/last-passkey.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import type { PasskeyStore, PasskeySummary } from '../passkeys/passkey-store.ts'
import { isUsableAt } from '../passkeys/rp-id.ts'
import { addValue, type MemoryState, removeWhere } from './memory-state.ts'

export function createMemoryPasskeyStore(state: MemoryState): PasskeyStore {
  const passkeys = state.map<Passkey>()

  const summarizeAccounts = (isCounted: (passkey: Passkey) => boolean = () => true): PasskeySummary[] => {
    const byAccount = Map.groupBy([...passkeys.values()].filter(isCounted), ({ accountId }) => accountId)
    return [...byAccount].map(([accountId, passkeys]) => {
      const uses = passkeys.flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
      return {
        accountId,
        count: passkeys.length,
        synced: passkeys.filter(({ backedUp }) => backedUp).length,
        lastUsedAt: uses.length === 0 ? null : Math.max(...uses),
      }
    })
  }

  const byCredentialId = (credentialId: string): Passkey | undefined =>
    [...passkeys.values()].find((passkey) => passkey.credentialId === credentialId)
  const listPasskeys = (accountId: string): Passkey[] =>
    [...passkeys.values()].filter((passkey) => passkey.accountId === accountId).sort(oldestFirst)

  return state.store<PasskeyStore>({
    insert: (passkey) => byCredentialId(passkey.credentialId) === undefined && addValue(passkeys, passkey.id, passkey),
    findByCredentialId: (credentialId) => byCredentialId(credentialId),
    listByAccount: (accountId) => listPasskeys(accountId),

    recordUse(id, { counter, backedUp, userVerified, rpId, at }) {
      const passkey = passkeys.get(id)
      if (passkey === undefined) return
      passkeys.set(id, {
        ...passkey,
        counter: Math.max(passkey.counter, counter),
        backedUp,
        userVerified: passkey.userVerified === true || userVerified,
        rpId,
        lastUsedAt: at,
      })
    },

    recordCounterRegression(id, at) {
      const passkey = passkeys.get(id)
      if (passkey) passkeys.set(id, { ...passkey, counterRegressedAt: at })
    },

    hasUnverified: () => [...passkeys.values()].some(({ userVerified }) => userVerified === false),

    page: (after, limit) =>
      [...passkeys.values()]
        .filter(({ id }) => id > after)
        .sort((left, right) => (left.id < right.id ? -1 : 1))
        .slice(0, limit),

    summarize: (accountIds) => summarizeAccounts().filter(({ accountId }) => accountIds.includes(accountId)),

    overview() {
      const summaries = summarizeAccounts()
      const single = summaries.filter(({ count, synced }) => count === 1 && synced === 0)
      return { accounts: summaries.length, withSingleDevicePasskey: single.length }
    },

    accountIds: (filter, rpId) =>
      summarizeAccounts(rpId === undefined ? undefined : isUsableAt({ hostname: rpId }))
        .filter(({ count, synced }) => {
          if (filter === undefined) return true
          return filter === 'several' ? count > 1 : count === 1 && (filter === 'single' || synced === 0)
        })
        .map(({ accountId }) => accountId),

    rename(accountId, id, name) {
      const passkey = passkeys.get(id)
      if (passkey?.accountId !== accountId) return false
      passkeys.set(id, { ...passkey, name })
      return true
    },

    removeUnlessLast(accountId, id, refused = []) {
      const ids = listPasskeys(accountId).map((passkey) => passkey.id)
      if (!ids.includes(id)) return 'missing'
      if (isLastPasskey(ids, id, refused)) return 'last'
      passkeys.delete(id)
      return 'removed'
    },

    remove: (accountId, id) => passkeys.get(id)?.accountId === accountId && passkeys.delete(id),
    removeByAccount: (accountId) => removeWhere(passkeys, (passkey) => passkey.accountId === accountId),
  })
}

function oldestFirst(left: Passkey, right: Passkey): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
}
