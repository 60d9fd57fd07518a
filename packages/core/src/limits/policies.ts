/** A rate limit. */
export interface LimitPolicy {
  /** Maximum number of attempts in a burst. */
  readonly burst: number
  /** Milliseconds until another attempt is allowed. */
  readonly interval: number
  /** Whether all processes share the count, or each process counts separately to protect its own resources. */
  readonly scope: 'shared' | 'process'
  /** The decision if an attempt cannot be counted: only guesses are rejected, so that a fault locks no user out. */
  readonly onStoreError: 'allow' | 'refuse'
}

const second = 1000
const minute = 60 * second

const shared = { scope: 'shared', onStoreError: 'allow' } as const
const guessable = { scope: 'shared', onStoreError: 'refuse' } as const

/**
 * All rate limits. Most are those of Pocket ID, per IP address. There is no global limit for passkey sign-ins: a
 * passkey cannot be guessed, and an attacker could lock out every user by exhausting the limit.
 */
export const limitPolicies = {
  api: { burst: 300, interval: 10, scope: 'process', onStoreError: 'allow' },
  signup: { ...shared, burst: 10, interval: 30 * second },
  'signup-form': { ...shared, burst: 20, interval: 10 * second },
  setup: { ...shared, burst: 10, interval: 10 * second },
  'webauthn-login': { ...shared, burst: 10, interval: 5 * second },
  'webauthn-reauthenticate': { ...shared, burst: 5, interval: 10 * second },
  'one-time-access-token': { ...guessable, burst: 5, interval: 10 * second },
  /** Per e-mail address for which the code was requested. */
  'one-time-access-account': { ...guessable, burst: 10, interval: 90 * second },
  /** Global, for wrong codes only: guessing a code of six characters then takes thousands of years. */
  'one-time-access-guesses': { ...guessable, burst: 100, interval: 2 * second },
  'one-time-access-email': { ...shared, burst: 5, interval: 5 * minute },
  'device-login-create': { ...shared, burst: 5, interval: 10 * second },
  'device-login-exchange': { ...shared, burst: 10, interval: 2 * second },
  'device-login-verification': { ...guessable, burst: 5, interval: 10 * second },
  'send-email-verification': { ...shared, burst: 1, interval: 5 * minute },
  'verify-email': { ...guessable, burst: 5, interval: 10 * second },
  /** Failures only, per client and IP address. */
  'client-authentication': { ...shared, burst: 10, interval: 6 * second },
  /** Without an initial access token (RFC 7591 §5). */
  'client-registration': { ...shared, burst: 10, interval: minute },
} as const satisfies Readonly<Record<string, LimitPolicy>>

/** The name of a rate limit. */
export type LimitName = keyof typeof limitPolicies
