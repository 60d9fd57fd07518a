import type { Account } from './account.ts'

/** Where people come from, as core asks: a host's own store, held to its word (`host-accounts.ts`). */
export interface AccountStore {
  /**
   * The account with this id, or `undefined` where there is none. A disabled account is returned as such: core refuses
   * it, so that the refusal is audited.
   */
  find(id: string): Promise<Account | undefined>
}
