import type { SignInMethod } from '../audit/sign-in-method.ts'
import { isRecent } from './freshness.ts'
import type { SessionOrigin } from './session-history-store.ts'

/** Milliseconds. */
export const passkeyExceptionLifetime = 15 * 60_000

interface PasskeyExceptions {
  /** Adding a passkey. */
  readonly addPasskey: boolean
  /** All other actions that require re-authentication. */
  readonly reauthentication: boolean
}

/**
 * Actions permitted without a passkey in a session that used none, by sign-in method. A session of the setup API needs no
 * passkey at all, because no other administrator exists who could issue a login code.
 */
const exceptions: Readonly<Partial<Record<SignInMethod, PasskeyExceptions>>> = {
  setup: { addPasskey: true, reauthentication: false },
  setup_api: { addPasskey: true, reauthentication: true },
  sign_up: { addPasskey: true, reauthentication: false },
  api: { addPasskey: true, reauthentication: false },
  code: { addPasskey: true, reauthentication: false },
  vouched: { addPasskey: true, reauthentication: false },
}

const noExceptions: PasskeyExceptions = { addPasskey: false, reauthentication: false }

/** Exceptions apply for fifteen minutes, and only if no passkey of the account was removed since the session started. */
export function getPasskeyExceptions(
  { method, startedAt, removals }: Pick<SessionOrigin, 'method' | 'startedAt' | 'removals'>,
  { removals: currentRemovals, now }: { readonly removals: number; readonly now: number },
): PasskeyExceptions {
  const isApplicable = isRecent(startedAt, now, passkeyExceptionLifetime) && removals === currentRemovals
  return (isApplicable && exceptions[method]) || noExceptions
}
