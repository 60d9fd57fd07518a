/** How often something may be tried. */
export interface LimitPolicy {
  /** How many tries there are at once. */
  readonly burst: number
  /** After how many milliseconds there is one more. */
  readonly interval: number
  /** Whether all processes count together, or each for itself what only its own time is spent on. */
  readonly counted: 'together' | 'by-process'
  /** What becomes of a try that cannot be counted: only guesses are refused, so that nobody is locked out by a fault. */
  readonly uncounted: 'admit' | 'refuse'
}

const second = 1000
const minute = 60 * second

const together = { counted: 'together', uncounted: 'admit' } as const
const guess = { counted: 'together', uncounted: 'refuse' } as const

/**
 * Every limit there is. Most are those of Pocket ID, for each address. There is none for all sign-ins by passkey together:
 * a passkey cannot be guessed, and whoever used it up would lock everybody out.
 */
export const limitPolicies = {
  api: { burst: 300, interval: 10, counted: 'by-process', uncounted: 'admit' },
  signup: { ...together, burst: 10, interval: 30 * second },
  'signup-form': { ...together, burst: 20, interval: 10 * second },
  setup: { ...together, burst: 10, interval: 10 * second },
  'webauthn-login': { ...together, burst: 10, interval: 5 * second },
  'webauthn-reauthenticate': { ...together, burst: 5, interval: 10 * second },
  'one-time-access-token': { ...guess, burst: 5, interval: 10 * second },
  /** For whoever has the address of e-mail that the code was asked for with. */
  'one-time-access-account': { ...guess, burst: 10, interval: 90 * second },
  /** For everybody together, and wrong codes only: a code of six signs is then guessed in thousands of years. */
  'one-time-access-guesses': { ...guess, burst: 100, interval: 2 * second },
  'one-time-access-email': { ...together, burst: 5, interval: 5 * minute },
  'device-login-create': { ...together, burst: 5, interval: 10 * second },
  'device-login-exchange': { ...together, burst: 10, interval: 2 * second },
  'device-login-verification': { ...guess, burst: 5, interval: 10 * second },
  'send-email-verification': { ...together, burst: 1, interval: 5 * minute },
  'verify-email': { ...guess, burst: 5, interval: 10 * second },
  /** Failures only, for a client at an address. */
  'client-authentication': { ...together, burst: 10, interval: 6 * second },
  /** By whoever has no initial access token (RFC 7591 §5). */
  'client-registration': { ...together, burst: 10, interval: minute },
} as const satisfies Readonly<Record<string, LimitPolicy>>

/** What is limited, by name. */
export type LimitName = keyof typeof limitPolicies
