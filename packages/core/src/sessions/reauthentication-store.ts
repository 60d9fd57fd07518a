/** The right to do one sensitive thing: a passkey was used for it a moment ago. */
export interface StoredReauthentication {
  /** SHA-256 of the token, base64url. */
  readonly hash: string
  readonly accountId: string
  /** The `uid` of the session that it is good for. */
  readonly sessionUid: string
  /** When the passkey was used, in milliseconds since the Unix epoch. */
  readonly authenticatedAt: number
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Where reauthentications wait to be used. */
export interface ReauthenticationStore {
  insert(reauthentication: StoredReauthentication): Promise<void>
  /**
   * Takes the one with this hash away and returns it where it belongs to this account and session, in one atomic step: of
   * any number of calls at once, one gets it.
   */
  consume(
    wanted: Pick<StoredReauthentication, 'hash' | 'accountId' | 'sessionUid'>,
  ): Promise<StoredReauthentication | undefined>
  removeByAccount(accountId: string): Promise<void>
  /** Removes at most `limit` that ended before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
