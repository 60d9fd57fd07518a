/** A one-time code that lets somebody in once, as it is stored. */
export interface StoredCode {
  /** HMAC-SHA-256 of the normalised code under a key derived from the master key, base64url. */
  readonly hash: string
  readonly accountId: string
  /** SHA-256 of the token that the one browser holds which may use it, base64url; `null`: any browser may. */
  readonly browserHash: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Where codes wait. */
export interface CodeStore {
  insert(code: StoredCode): Promise<void>
  /**
   * Takes the code away and returns it, in one atomic step: of any number of calls at once, one gets it. A code that is
   * bound to another browser than `browserHash` names stays where it is.
   */
  consume(hash: string, browserHash?: string | null): Promise<StoredCode | undefined>
  /** Returns `false` where there is no such code. */
  remove(hash: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` codes that ended before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
