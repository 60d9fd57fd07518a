import type { ListRequest, Page } from '../http/api/list.ts'
import type { SignupToken } from './signup-token.ts'

/** Where sign-up tokens are kept. Instants in milliseconds since the Unix epoch. */
export interface SignupTokenStore {
  insert(token: SignupToken): Promise<void>
  find(id: string): Promise<SignupToken | undefined>
  findByHash(tokenHash: string): Promise<SignupToken | undefined>
  /** Those that have not expired by `now`; by the filter `used`, those that nobody, somebody, or as many as may have used. `search` is the hash of one. */
  list(request: ListRequest, now: number): Promise<Page<SignupToken>>
  /**
   * Counts one use, where the token has not expired by `now` and its limit is not reached, in one atomic step. Returns
   * the token, or nothing where it lets nobody in. A transaction that fails gives the use back.
   */
  use(tokenHash: string, now: number): Promise<SignupToken | undefined>
  /** Returns `false` where there is no such token. */
  remove(id: string): Promise<boolean>
  /** Removes those that ended before `before`. */
  removeExpired(before: number): Promise<void>
}
