/** A pending verification of an e-mail address. */
export interface Verification {
  readonly accountId: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  /** The e-mail address to which the token was sent. */
  readonly email: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Stores pending verifications, one per account. */
export interface VerificationStore {
  /** Replaces an earlier one. */
  put(verification: Verification): Promise<void>
  /** Removes and returns it atomically: only one of several concurrent calls gets it. */
  consume(accountId: string, tokenHash: string): Promise<Verification | undefined>
  find(tokenHash: string): Promise<Verification | undefined>
  removeByAccount(accountId: string): Promise<void>
  removeExpired(before: number): Promise<number>
}
