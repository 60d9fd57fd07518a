import { isLastPasskey } from '../passkeys/last-passkey.ts'
import type { Passkey } from '../passkeys/passkey.ts'
import type {
  PasskeyFilter,
  PasskeyOverview,
  PasskeyStore,
  PasskeySummary,
  PasskeyUse,
} from '../passkeys/passkey-store.ts'
import { isUsableAt } from '../passkeys/rp-id.ts'
import { addValue, type MemoryState, removeWhere } from './memory-state.ts'

export class MemoryPasskeyStore implements PasskeyStore {
  readonly #state: MemoryState
  readonly #passkeys: Map<string, Passkey>

  constructor(state: MemoryState) {
    this.#state = state
    this.#passkeys = state.map()
  }

  insert(passkey: Passkey): Promise<boolean> {
    return this.#state.run(
      () => this.#byCredentialId(passkey.credentialId) === undefined && addValue(this.#passkeys, passkey.id, passkey),
    )
  }

  findByCredentialId(credentialId: string): Promise<Passkey | undefined> {
    return this.#state.run(() => this.#byCredentialId(credentialId))
  }

  listByAccount(accountId: string): Promise<readonly Passkey[]> {
    return this.#state.run(() => this.#listPasskeys(accountId))
  }

  recordUse(id: string, { counter, backedUp, userVerified, rpId, at }: PasskeyUse): Promise<void> {
    return this.#state.run(() => {
      const passkey = this.#passkeys.get(id)
      if (passkey === undefined) return
      this.#passkeys.set(id, {
        ...passkey,
        counter: Math.max(passkey.counter, counter),
        backedUp,
        userVerified: passkey.userVerified === true || userVerified,
        rpId,
        lastUsedAt: at,
      })
    })
  }

  recordCounterRegression(id: string, at: number): Promise<void> {
    return this.#state.run(() => {
      const passkey = this.#passkeys.get(id)
      if (passkey) this.#passkeys.set(id, { ...passkey, counterRegressedAt: at })
    })
  }

  hasUnverified(): Promise<boolean> {
    return this.#state.run(() => [...this.#passkeys.values()].some(({ userVerified }) => userVerified === false))
  }

  page(after: string, limit: number): Promise<readonly Passkey[]> {
    return this.#state.run(() =>
      [...this.#passkeys.values()]
        .filter(({ id }) => id > after)
        .sort((left, right) => (left.id < right.id ? -1 : 1))
        .slice(0, limit),
    )
  }

  summarize(accountIds: readonly string[]): Promise<readonly PasskeySummary[]> {
    return this.#state.run(() => this.#summaries().filter(({ accountId }) => accountIds.includes(accountId)))
  }

  overview(): Promise<PasskeyOverview> {
    return this.#state.run(() => {
      const summaries = this.#summaries()
      const single = summaries.filter(({ count, synced }) => count === 1 && synced === 0)
      return { accounts: summaries.length, withSingleDevicePasskey: single.length }
    })
  }

  accountIds(filter?: PasskeyFilter, rpId?: string): Promise<readonly string[]> {
    return this.#state.run(() =>
      this.#summaries(rpId === undefined ? undefined : isUsableAt({ hostname: rpId }))
        .filter(({ count, synced }) => {
          if (filter === undefined) return true
          return filter === 'several' ? count > 1 : count === 1 && (filter === 'single' || synced === 0)
        })
        .map(({ accountId }) => accountId),
    )
  }

  rename(accountId: string, id: string, name: string): Promise<boolean> {
    return this.#state.run(() => {
      const passkey = this.#passkeys.get(id)
      if (passkey?.accountId !== accountId) return false
      this.#passkeys.set(id, { ...passkey, name })
      return true
    })
  }

  removeUnlessLast(
    accountId: string,
    id: string,
    refused: readonly string[] = [],
  ): Promise<'removed' | 'last' | 'missing'> {
    return this.#state.run(() => {
      const ids = this.#listPasskeys(accountId).map((passkey) => passkey.id)
      if (!ids.includes(id)) return 'missing'
      if (isLastPasskey(ids, id, refused)) return 'last'
      this.#passkeys.delete(id)
      return 'removed'
    })
  }

  remove(accountId: string, id: string): Promise<boolean> {
    return this.#state.run(() => this.#passkeys.get(id)?.accountId === accountId && this.#passkeys.delete(id))
  }

  removeByAccount(accountId: string): Promise<void> {
    return this.#state.run(() => removeWhere(this.#passkeys, (passkey) => passkey.accountId === accountId))
  }

  #summaries(isCounted: (passkey: Passkey) => boolean = () => true): PasskeySummary[] {
    const byAccount = Map.groupBy([...this.#passkeys.values()].filter(isCounted), ({ accountId }) => accountId)
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

  #byCredentialId(credentialId: string): Passkey | undefined {
    return [...this.#passkeys.values()].find((passkey) => passkey.credentialId === credentialId)
  }

  #listPasskeys(accountId: string): Passkey[] {
    return [...this.#passkeys.values()].filter((passkey) => passkey.accountId === accountId).sort(oldestFirst)
  }
}

function oldestFirst(left: Passkey, right: Passkey): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
}
