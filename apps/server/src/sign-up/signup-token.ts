import { createHash, randomInt } from 'node:crypto'

/** Permits a limited number of sign-ups. Instants in milliseconds since the Unix epoch. */
export interface SignupToken {
  readonly id: string
  /** SHA-256 of the token. */
  readonly tokenHash: string
  /** The token, encrypted with the key for `signup token`; `null` for tokens of versions that did not store it. */
  readonly sealedToken: string | null
  /** The groups of users who sign up with it; if empty, the default groups of the settings. */
  readonly groupIds: readonly string[]
  readonly usageLimit: number
  readonly usageCount: number
  readonly expiresAt: number
  readonly createdAt: number
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const length = 16

/** 95 random bits as letters and digits, short enough to be read aloud. */
export function generateSignupToken(): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}

/** The stored form of a token; it has enough entropy to need no salt. */
export function hashSignupToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
