/**
 * Stores used challenges, so that no response is accepted twice (WebAuthn Level 3 §13.4.3). Removal follows the insertion order
 * instead of a clock.
 */
export interface SpentChallengeStore {
  /**
   * Returns `true` for exactly one of any number of calls with the same hash. Within a transaction the row exists only if the
   * transaction commits.
   *
   * @param hash - SHA-256 of the challenge, base64url
   */
  insert(hash: string): Promise<boolean>
  /** The position of the last inserted challenge; 0 if there is none. Positions increase and are never reused. */
  lastPosition(): Promise<number>
  /** Removes at most `limit` challenges up to and including this position; returns the number. */
  removeUpTo(position: number, limit: number): Promise<number>
}
