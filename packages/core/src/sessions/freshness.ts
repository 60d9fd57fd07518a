import type { AuthenticationContext } from './session.ts'

/** How old a ceremony may be, in seconds, to count for a client that wants a fresh one. */
const freshFor = 60

/** What a client wants of the sign-in behind an authorization. */
export interface SignInDemands {
  readonly requiresReauthentication: boolean
  /** `null` where any age will do. */
  readonly maxSessionAgeMinutes: number | null
}

/**
 * Whether the person has to use a passkey once more for this client.
 *
 * @param at - the moment that counts, in seconds since the Unix epoch
 */
export function isTooOld(
  { acr, authTime }: Pick<AuthenticationContext, 'acr' | 'authTime'>,
  { requiresReauthentication, maxSessionAgeMinutes }: SignInDemands,
  at: number,
): boolean {
  const age = at - authTime
  if (requiresReauthentication && (acr !== 'phr' || age > freshFor)) return true
  return maxSessionAgeMinutes !== null && age > maxSessionAgeMinutes * 60
}
