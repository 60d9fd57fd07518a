/** Permission for one sensitive action after a recent passkey authentication. */
export interface StoredReauthentication {
  /** SHA-256 of the token, base64url. */
  readonly hash: string
  readonly accountId: string
  /** The `uid` of the session that it is valid for. */
  readonly sessionUid: string
  /** Time of the passkey authentication, in milliseconds since the Unix epoch. */
  readonly authenticatedAt: number
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Stores unused reauthentications. */
export interface ReauthenticationStore {
  insert(reauthentication: StoredReauthentication): Promise<void>
  /**
   * Removes and returns the one with this hash if it belongs to this account and session. Atomic: of any number of concurrent
   * calls, one receives it.
   */
  consume(
    key: Pick<StoredReauthentication, 'hash' | 'accountId' | 'sessionUid'>,
  ): Promise<StoredReauthentication | undefined>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` entries that expired before `before` (milliseconds) and returns the number removed. */
  removeExpired(before: number, limit: number): Promise<number>
}
