import type { DeviceLoginStore, StoredDeviceLogin } from '../codes/device-login-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export function createMemoryDeviceLoginStore(state: MemoryState): DeviceLoginStore {
  const logins = state.map<StoredDeviceLogin>()

  const byCode = (codeHash: string): StoredDeviceLogin | undefined =>
    [...logins.values()].find((login) => login.codeHash === codeHash)

  const findByToken = (id: string, tokenHash: string): StoredDeviceLogin | undefined => {
    const found = logins.get(id)
    return found?.tokenHash === tokenHash ? found : undefined
  }

  return state.store<DeviceLoginStore>({
    insert: (login) => !byCode(login.codeHash) && addValue(logins, login.id, login),
    findByCode: (codeHash) => byCode(codeHash),
    find: (id, tokenHash) => findByToken(id, tokenHash),

    decide(codeHash, { status, accountId, sessionUid, at }) {
      const found = byCode(codeHash)
      if (found?.status !== 'pending' || found.expiresAt <= at) return false
      logins.set(found.id, { ...found, status, accountId, sessionUid })
      return true
    },

    consume(id, tokenHash) {
      const found = findByToken(id, tokenHash)
      return found === undefined || found.status === 'pending' ? undefined : takeValue(logins, id)
    },

    removeByAccount: (accountId) => removeWhere(logins, (login) => login.accountId === accountId),

    removeExpired: (before, limit) => removeExpired(logins, before, limit),
  })
}
