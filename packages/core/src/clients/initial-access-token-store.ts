/** What lets a program register clients (RFC 7591 §1.2), as it is kept. Instants in milliseconds since the Unix epoch. */
export interface InitialAccessToken {
  readonly id: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  /** What it is for; empty where nothing was said. */
  readonly description: string
  /** How many clients may be registered with it, and how many were. */
  readonly usageLimit: number
  readonly usageCount: number
  readonly expiresAt: number
  readonly createdAt: number
}

/** Where initial access tokens are kept. `now` and `before` are in milliseconds since the Unix epoch. */
export interface InitialAccessTokenStore {
  insert(token: InitialAccessToken): Promise<void>
  findByHash(tokenHash: string): Promise<InitialAccessToken | undefined>
  /** Those that have not ended by `now`, the newest first. */
  list(now: number): Promise<readonly InitialAccessToken[]>
  /**
   * Counts one use, where the token has not ended by `now` and its limit is not reached, in one atomic step; returns whether
   * it did. A transaction that fails gives the use back.
   */
  use(tokenHash: string, now: number): Promise<boolean>
  /** Returns `false` where there is no such token. */
  remove(id: string): Promise<boolean>
  /** Removes at most `limit` tokens that ended before `before`; returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
