import type { Account } from './account.ts'
import type { AccountStore } from './account-store.ts'

/** The data of a new account. The account must use this `id`, because the new passkey contains it as the user handle. */
export type NewAccount = Pick<Account, 'id' | 'userName'> & Partial<Pick<Account, 'displayName' | 'email' | 'locale'>>

/** A page of the account list. */
export interface AccountListRequest {
  /** The ID of the last account of the previous page; empty for the first page. */
  readonly after: string
  readonly limit: number
}

/**
 * The accounts of the host, with each result validated against the contract of `HostAccounts`. A method that the host's
 * store lacks throws `misconfigured` with the name of the method.
 */
export interface Accounts extends AccountStore {
  /** Whether the host's store implements this method. */
  supports(method: 'findByLogin' | 'register' | 'list'): boolean
  /** The account with this user name or e-mail address. @throws {ConfigurationError} */
  findByLogin(login: string): Promise<Account | undefined>
  /** @throws {ConfigurationError} @throws the `PocketError` of the host's store */
  register(account: NewAccount): Promise<Account>
  /** @throws {ConfigurationError} */
  list(request: AccountListRequest): Promise<readonly Account[]>
}
