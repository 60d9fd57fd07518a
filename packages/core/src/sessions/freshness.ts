import type { AuthenticationContext } from './session.ts'

/** Maximum age of an authentication, in seconds, to count as fresh. */
const maxFreshAge = 60
/** Seconds between the clocks of two processes. */
const maxClockSkew = 60

/** A client's requirements for a sign-in. */
export interface SignInRequirements {
  readonly requiresReauthentication: boolean
  /** `null` if the age is not limited. */
  readonly maxSessionAgeMinutes: number | null
}

/** Whether the time is recent; rejects times in the future, which a wrong clock can cause. */
export function isRecent(at: number, now: number, maxAge: number): boolean {
  return Math.abs(now - at) <= maxAge
}

/** Whether a sign-in is in the future, so that its age is unknown. Both in seconds since the Unix epoch. */
export function isInFuture(authTime: number, now: number): boolean {
  return authTime - now > maxClockSkew
}

/**
 * Whether the user must authenticate with a passkey again for this client.
 *
 * @param at - the reference time, in seconds since the Unix epoch; the sign-in may be later
 * @param now - the current time, in seconds since the Unix epoch
 */
export function isTooOld(
  { acr, authTime }: Pick<AuthenticationContext, 'acr' | 'authTime'>,
  { requiresReauthentication, maxSessionAgeMinutes }: SignInRequirements,
  { at, now }: { readonly at: number; readonly now: number },
): boolean {
  const age = isInFuture(authTime, now) ? Number.POSITIVE_INFINITY : at - authTime
  if (requiresReauthentication && (acr !== 'phr' || age > maxFreshAge)) return true
  return maxSessionAgeMinutes !== null && age > maxSessionAgeMinutes * 60
}
