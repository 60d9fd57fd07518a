/** What a challenge was made for; an answer counts for this purpose only. */
export type ChallengePurpose = 'authentication' | 'registration' | 'setup' | 'sign_up'

/** A challenge that waits for its answer (WebAuthn Level 3 §13.4.3). Neither the challenge nor the browser's token is stored in clear. */
export interface Challenge {
  /** SHA-256 of the challenge, base64url. */
  readonly hash: string
  readonly purpose: ChallengePurpose
  /** SHA-256 of the token that the asking browser holds in a cookie, base64url. */
  readonly browserHash: string
  /** Whom it was made for, where that is known beforehand (registration). */
  readonly accountId: string | null
  /** What its maker wants back with the answer, as JSON. */
  readonly data: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Where challenges wait. */
export interface ChallengeStore {
  insert(challenge: Challenge): Promise<void>
  /** Takes the challenge away and returns it, in one atomic step: of any number of calls at once, one gets it. */
  consume(hash: string): Promise<Challenge | undefined>
  /** Removes at most `limit` challenges that ended before `before` (milliseconds); returns how many. */
  removeExpired(before: number, limit: number): Promise<number>
}
