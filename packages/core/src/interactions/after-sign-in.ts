import type { Account } from '../accounts/account.ts'
import type { Passkey } from '../passkeys/passkey.ts'

/** A completed sign-in with a passkey. */
export interface CompletedSignIn {
  readonly account: Account
  /** The passkeys of the account, as they were before this sign-in. */
  readonly passkeys: readonly Passkey[]
}

/**
 * The option `pages.afterSignInUrl`.
 *
 * @example
 * ```ts
 * pages: { afterSignInUrl: async ({ passkeys }) => (passkeys.length === 1 ? '/advice' : null) }
 * ```
 */
export type FindAfterSignInUrl = (signIn: CompletedSignIn) => Promise<string | null>
