import { createHash, randomInt } from 'node:crypto'

/** Lets a number of strangers sign up. Instants in milliseconds since the Unix epoch. */
export interface SignupToken {
  /** A UUID. */
  readonly id: string
  /** SHA-256 of the token. */
  readonly tokenHash: string
  /** The token, encrypted for the use `signup token`; `null` for one of before administrators could read it again. */
  readonly sealedToken: string | null
  /** The groups of whoever signs up with it; none: those of the settings. */
  readonly groupIds: readonly string[]
  /** How many may sign up with it. */
  readonly usageLimit: number
  readonly usageCount: number
  readonly expiresAt: number
  readonly createdAt: number
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const length = 16

/** 95 random bits in letters and digits, short enough to be read out. */
export function mintSignupToken(): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}

/** How a token is stored; it holds enough randomness to need no salt. */
export function hashSignupToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
