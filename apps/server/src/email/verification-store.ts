/** An address that somebody is asked to verify. */
export interface Verification {
  readonly accountId: string
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string
  /** The address that the token was sent to. */
  readonly email: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Where verifications wait, one for each account. */
export interface VerificationStore {
  /** Takes the place of an earlier one. */
  put(verification: Verification): Promise<void>
  /** Takes it away and returns it, in one atomic step: of any number of calls at once, one gets it. */
  consume(accountId: string, tokenHash: string): Promise<Verification | undefined>
  find(tokenHash: string): Promise<Verification | undefined>
  removeByAccount(accountId: string): Promise<void>
  removeExpired(before: number): Promise<number>
}
