import { Forbidden, Misconfigured } from '../errors.ts'
import type { Account } from './account.ts'
import type { AccountStore } from './account-store.ts'

/**
 * The account, if it may sign in.
 *
 * @throws {Forbidden} `account_not_found` or `account_disabled`
 * @throws {Misconfigured} where the store answers with somebody else
 */
export async function eligibleAccount(accounts: AccountStore, id: string): Promise<Account> {
  const account = await findAccount(accounts, id)
  if (!account) throw new Forbidden('account_not_found', 'There is no such account.')
  if (account.disabled)
    throw new Forbidden('account_disabled', 'The account is disabled.', { details: { accountId: id } })
  return account
}

/** The account of this id and of no other, disabled or not. */
export async function findAccount(accounts: AccountStore, id: string): Promise<Account | undefined> {
  const account = await accounts.find(id)
  if (account && account.id !== id)
    throw new Misconfigured('The account store answered with another account than asked for.')
  return account
}
