/** A stored single-use login code. */
export interface StoredCode {
  /** HMAC-SHA-256 of the normalized code, base64url, with a key derived from the master key. */
  readonly hash: string
  readonly accountId: string
  /** SHA-256 of the token of the only browser that may use the code, base64url; `null` for any browser. */
  readonly browserHash: string | null
  /** Whether a program created it: a command, or a request with an API key. */
  readonly byProgram: boolean
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Stores login codes. */
export interface CodeStore {
  insert(code: StoredCode): Promise<void>
  /**
   * Atomically removes and returns the code: only one of several concurrent calls gets it. A code that is bound to
   * another browser than `browserHash` is kept.
   */
  consume(hash: string, browserHash?: string | null): Promise<StoredCode | undefined>
  /** Returns `false` if the code does not exist. */
  remove(hash: string): Promise<boolean>
  removeByAccount(accountId: string): Promise<void>
  /** Makes all codes of the account expired; they stay until they are consumed or cleaned up. */
  expireByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` codes that expired before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
