/**
 * Remembers the challenges that a verified answer has spent, so that no answer counts twice (WebAuthn Level 3 §13.4.3). The
 * order of insertion, not a clock, says which ones can be removed.
 */
export interface SpentChallengeStore {
  /**
   * Returns `true` for exactly one of any number of calls with the same hash. Within a transaction the row exists only if the
   * transaction commits.
   *
   * @param hash - SHA-256 of the challenge, base64url
   */
  insert(hash: string): Promise<boolean>
  /** The position of the challenge that was inserted last; 0 if there is none. Positions rise and are never reused. */
  lastPosition(): Promise<number>
  /** Removes at most `limit` challenges up to and including this position; returns how many. */
  removeUpTo(position: number, limit: number): Promise<number>
}
