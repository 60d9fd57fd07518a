import type { DeviceLoginDecision, DeviceLoginStore, StoredDeviceLogin } from '../codes/device-login-store.ts'
import { addValue, type MemoryState, removeExpired, removeWhere, takeValue } from './memory-state.ts'

export class MemoryDeviceLoginStore implements DeviceLoginStore {
  readonly #state: MemoryState
  readonly #logins: Map<string, StoredDeviceLogin>

  constructor(state: MemoryState) {
    this.#state = state
    this.#logins = state.map()
  }

  insert(login: StoredDeviceLogin): Promise<boolean> {
    return this.#state.run(() => !this.#byCode(login.codeHash) && addValue(this.#logins, login.id, login))
  }

  findByCode(codeHash: string): Promise<StoredDeviceLogin | undefined> {
    return this.#state.run(() => this.#byCode(codeHash))
  }

  find(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined> {
    return this.#state.run(() => this.#findByToken(id, tokenHash))
  }

  decide(codeHash: string, { status, accountId, sessionUid, at }: DeviceLoginDecision): Promise<boolean> {
    return this.#state.run(() => {
      const found = this.#byCode(codeHash)
      if (found?.status !== 'pending' || found.expiresAt <= at) return false
      this.#logins.set(found.id, { ...found, status, accountId, sessionUid })
      return true
    })
  }

  consume(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined> {
    return this.#state.run(() => {
      const found = this.#findByToken(id, tokenHash)
      return found === undefined || found.status === 'pending' ? undefined : takeValue(this.#logins, id)
    })
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#state.run(() => removeWhere(this.#logins, (login) => login.accountId === accountId))
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#state.run(() => removeExpired(this.#logins, before, limit))
  }

  #byCode(codeHash: string): StoredDeviceLogin | undefined {
    return [...this.#logins.values()].find((login) => login.codeHash === codeHash)
  }

  #findByToken(id: string, tokenHash: string): StoredDeviceLogin | undefined {
    const found = this.#logins.get(id)
    return found?.tokenHash === tokenHash ? found : undefined
  }
}
