import type { Account } from './account.ts'
import type { AccountStore } from './account-store.ts'

/** What a stranger says of themselves. The account has to have this `id`: the passkey that is made for it holds it. */
export type NewAccount = Pick<Account, 'id' | 'userName'> & Partial<Pick<Account, 'displayName' | 'email' | 'locale'>>

/** A part of all accounts. */
export interface AccountListRequest {
  /** The id of the last account of the part before; empty for the first part. */
  readonly after: string
  readonly limit: number
}

/**
 * The host's people, with each answer held to the contract of `HostAccounts`. What the host's store does not offer is
 * refused with `misconfigured`, which names the method.
 */
export interface Accounts extends AccountStore {
  /** Whether the host's store can do this. */
  can(method: 'findByLogin' | 'register' | 'list'): boolean
  /** The account that signs in with this name or address of e-mail. @throws {Misconfigured} */
  findByLogin(login: string): Promise<Account | undefined>
  /** @throws {Misconfigured} @throws what the host refuses with a `PocketError` */
  register(account: NewAccount): Promise<Account>
  /** @throws {Misconfigured} */
  list(request: AccountListRequest): Promise<readonly Account[]>
}
