/** A stored initial access token (RFC 7591 §1.2). Times in milliseconds since the Unix epoch. */
export interface InitialAccessToken {
  readonly id: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  /** The purpose; empty if none was given. */
  readonly description: string
  /** The maximum and the current number of registrations. */
  readonly usageLimit: number
  readonly usageCount: number
  readonly expiresAt: number
  readonly createdAt: number
}

/** Stores initial access tokens. `now` and `before` are in milliseconds since the Unix epoch. */
export interface InitialAccessTokenStore {
  insert(token: InitialAccessToken): Promise<void>
  findByHash(tokenHash: string): Promise<InitialAccessToken | undefined>
  /** Tokens that have not expired at `now`, newest first. */
  list(now: number): Promise<readonly InitialAccessToken[]>
  /**
   * Atomically counts a use if the token has not expired at `now` and its limit is not reached; returns whether it did.
   * A rollback of the transaction reverts the count.
   */
  use(tokenHash: string, now: number): Promise<boolean>
  /** Returns `false` if the token does not exist. */
  remove(id: string): Promise<boolean>
  /** Removes at most `limit` tokens that expired before `before`; returns the number removed. */
  removeExpired(before: number, limit: number): Promise<number>
}
