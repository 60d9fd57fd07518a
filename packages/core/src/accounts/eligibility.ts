import { ForbiddenError } from '../errors.ts'
import type { Account } from './account.ts'
import type { AccountStore } from './account-store.ts'

/**
 * Returns the account if it may sign in.
 *
 * @throws {ForbiddenError} `account_not_found` or `account_disabled`
 */
export async function eligibleAccount(accounts: AccountStore, id: string): Promise<Account> {
  const account = await accounts.find(id)
  if (!account) throw new ForbiddenError('account_not_found', 'There is no such account.')
  if (account.disabled)
    throw new ForbiddenError('account_disabled', 'The account is disabled.', { details: { accountId: id } })
  return account
}
