import { type Configuration, errors } from 'oidc-provider'

type AssertAssertion = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

/** Seconds that another clock may be ahead. */
const clockTolerance = 15
/** Seconds. Used assertions are remembered until they expire. */
const maxLifetime = 24 * 60 * 60

/** Adds checks that the library omits for client assertions: issue time and maximum lifetime (RFC 7523 §3). */
export function assertOwnAssertion(next: AssertAssertion, now: () => number): AssertAssertion {
  return async (ctx, claims, header, client) => {
    const { iat, exp } = claims
    const seconds = now() / 1000
    if (typeof iat === 'number' && iat > seconds + clockTolerance)
      throw new errors.InvalidClientAuth('the assertion was issued in the future')
    if (typeof exp === 'number' && exp > seconds + clockTolerance + maxLifetime)
      throw new errors.InvalidClientAuth('the lifetime of the assertion is too long')
    return next(ctx, claims, header, client)
  }
}
