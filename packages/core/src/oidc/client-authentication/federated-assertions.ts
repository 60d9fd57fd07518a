import { createRemoteJWKSet, customFetch, decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type Provider from 'oidc-provider'
import type { Client, FederatedIdentity } from '../../clients/client.ts'
import type { CoreContext } from '../../context.ts'
import { isFirstUse } from './provider-lookups.ts'

/** Asymmetric algorithms only. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Allowed clock skew in seconds. */
const clockTolerance = 30
/** Seconds; no platform issues longer ones, and used assertions are remembered until they expire. */
const maxLifetime = 400 * 24 * 60 * 60
const maxKeySets = 200
const maxAssertionLength = 16 * 1024

/** The unverified claims of an assertion. */
export function decodeAssertion(assertion: string) {
  if (assertion.length > maxAssertionLength) return undefined
  try {
    const { iss, sub } = decodeJwt(assertion)
    return typeof iss === 'string' ? { issuer: iss, subject: typeof sub === 'string' ? sub : undefined } : undefined
  } catch {
    return undefined
  }
}

/** Why an assertion was rejected, for the log only; the client receives `invalid_client`. */
export type FederatedRefusal = { readonly refused: string }

/**
 * Verifies assertions of other issuers that replace a client secret (RFC 7523 §3). A federated identity of the client must
 * match issuer, subject and audience, and the issuer's keys must have signed the assertion.
 */
export function createFederatedAssertions({ fetch, issuer, clock }: CoreContext, provider: () => Provider) {
  const keySets = new Map<string, JWTVerifyGetKey>()

  const getKeySet = (jwksUrl: string): JWTVerifyGetKey => {
    const cached = keySets.get(jwksUrl)
    if (cached) return cached
    const [oldest] = keySets.keys()
    if (keySets.size >= maxKeySets && oldest !== undefined) keySets.delete(oldest)
    const keys = createRemoteJWKSet(new URL(jwksUrl), {
      cacheMaxAge: 24 * 60 * 60_000,
      cooldownDuration: 30_000,
      [customFetch]: (url, { headers, signal, method }) => fetch(url, { headers, signal, method }),
    })
    keySets.set(jwksUrl, keys)
    return keys
  }

  const verifyAssertion = async (client: Client, identity: FederatedIdentity, assertion: string): Promise<void> => {
    const jwksUrl = identity.jwks ?? `${identity.issuer.replace(/\/$/, '')}/.well-known/jwks.json`
    const { payload } = await jwtVerify(assertion, getKeySet(jwksUrl), {
      algorithms,
      clockTolerance,
      issuer: identity.issuer,
      subject: identity.subject ?? client.id,
      audience: identity.audience ?? issuer.id,
      requiredClaims: ['exp', ...(identity.replayProtection ? ['jti'] : [])],
      currentDate: new Date(clock.now()),
    })
    const { iat, jti, exp = 0 } = payload
    const seconds = clock.now() / 1000
    if (iat !== undefined && iat > seconds + clockTolerance)
      throw new errors.JWTInvalid('the assertion was issued in the future')
    if (exp > seconds + maxLifetime) throw new errors.JWTInvalid('the lifetime of the assertion is too long')
    if (!identity.replayProtection) return
    if (typeof jti !== 'string' || jti === '') throw new errors.JWTInvalid('the assertion has no jti')
    if (!(await isFirstUse(provider(), { iss: identity.issuer, jti, exp: exp + clockTolerance })))
      throw new errors.JWTInvalid('the assertion has already been used')
  }

  return async (client: Client, assertion: string): Promise<true | FederatedRefusal> => {
    const claims = decodeAssertion(assertion)
    const candidates = client.federatedIdentities.filter((identity) => identity.issuer === claims?.issuer)
    let reason = 'the client has no identity at the issuer of the assertion'
    for (const identity of candidates) {
      try {
        await verifyAssertion(client, identity, assertion)
        return true
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
    }
    return { refused: reason }
  }
}
