import type { ListRequest, Page } from '../http/api/list.ts'
import type { SignupToken } from './signup-token.ts'

/** Stores sign-up tokens. Instants in milliseconds since the Unix epoch. */
export interface SignupTokenStore {
  insert(token: SignupToken): Promise<void>
  find(id: string): Promise<SignupToken | undefined>
  findByHash(tokenHash: string): Promise<SignupToken | undefined>
  /**
   * Tokens that have not expired by `now`; the filter `used` selects unused, partly used or fully used ones. `search` is the hash
   * of a token.
   */
  list(request: ListRequest, now: number): Promise<Page<SignupToken>>
  /**
   * Counts one use in one atomic step, if the token has not expired by `now` and its limit is not reached. Returns the token, or
   * `undefined` if it is invalid. A rolled-back transaction also reverts the use.
   */
  use(tokenHash: string, now: number): Promise<SignupToken | undefined>
  /** Returns `false` if the token does not exist. */
  remove(id: string): Promise<boolean>
  /** Deletes tokens that expired before `before`. */
  removeExpired(before: number): Promise<void>
}
