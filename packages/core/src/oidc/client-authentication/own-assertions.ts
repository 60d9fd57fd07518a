import { type Configuration, errors } from 'oidc-provider'

type AssertAssertion = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

/** Seconds that another clock may be ahead. */
const tolerance = 15
/** Seconds. It is remembered until its end that an assertion was used. */
const maxLifetime = 24 * 60 * 60

/** What the library leaves open of an assertion that a client signs: when it was made, and for how long (RFC 7523 §3). */
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
