import { type Configuration, errors } from 'oidc-provider'

type AssertAssertion = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

/** Seconds that another clock may be ahead. */
const tolerance = 15
/** Seconds. Used assertions are remembered until they expire. */
const maxLifetime = 24 * 60 * 60

/** Adds checks that the library omits for client assertions: issue time and maximum lifetime (RFC 7523 §3). */
export function assertOwnAssertion(then: AssertAssertion, now: () => number): AssertAssertion {
  return async (ctx, claims, header, client) => {
    const { iat, exp } = claims
    const seconds = now() / 1000
    if (typeof iat === 'number' && iat > seconds + tolerance)
      throw new errors.InvalidClientAuth('the assertion was made later than now')
    if (typeof exp === 'number' && exp > seconds + tolerance + maxLifetime)
      throw new errors.InvalidClientAuth('the assertion lives for too long')
    return then(ctx, claims, header, client)
  }
}
