import type { Account } from './account.ts'

/** Looks up accounts for core. `host-accounts.ts` validates the results of the host's own store. */
export interface AccountStore {
  /**
   * The account with this ID, or `undefined` if it does not exist. A disabled account is returned as such: core rejects
   * it and audits the rejection.
   */
  find(id: string): Promise<Account | undefined>
}
