import type { SignInMethod } from './session.ts'
import type { SessionOrigin } from './session-history-store.ts'

/** Milliseconds. */
const lifetime = 15 * 60_000

interface Exceptions {
  /** Adding a passkey. */
  readonly addPasskey: boolean
  /** Everything else that asks for re-authentication. */
  readonly reauthentication: boolean
}

/**
 * What a session in which no passkey was used may do without one, by how it began. Whoever sets the server up by the API is in
 * charge of it, and nobody is there who could give them a passkey.
 */
const exceptions: Readonly<Partial<Record<SignInMethod, Exceptions>>> = {
  setup: { addPasskey: true, reauthentication: false },
  setup_api: { addPasskey: true, reauthentication: true },
  sign_up: { addPasskey: true, reauthentication: false },
  api: { addPasskey: true, reauthentication: false },
  code: { addPasskey: true, reauthentication: false },
}

const none: Exceptions = { addPasskey: false, reauthentication: false }

/** For fifteen minutes, and only where no passkey was removed from the account since the session began. */
export function beginsWithoutPasskey(
  { method, startedAt, removals }: Pick<SessionOrigin, 'method' | 'startedAt' | 'removals'>,
  { removals: removalsNow, now }: { readonly removals: number; readonly now: number },
): Exceptions {
  const isRecent = Math.abs(now - startedAt) <= lifetime && removals === removalsNow
  return (isRecent && exceptions[method]) || none
}
