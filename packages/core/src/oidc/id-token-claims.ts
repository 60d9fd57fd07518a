import type { KoaContextWithOIDC } from 'oidc-provider'
import { uuid } from '../random.ts'
import { issuedValue } from './overrides/access-tokens.ts'

type OIDCContext = Pick<KoaContextWithOIDC['oidc'], 'entities' | 'route'>

/** The key of {@link idTokenClaims} in the claims of an account; `overrides/claims.ts` releases them. */
export const internalClaims = Symbol('ownClaims')

/**
 * Claims of Pocket ID in addition to OpenID Connect Core §2: a unique ID, the token type, and the time of the
 * authorization request (in seconds).
 */
export function additionalIdTokenClaims(requestedAt: number) {
  return { jti: uuid(), type: 'id-token', rat: requestedAt }
}

/**
 * The claims about an ID token itself. The library hashes the access token in `at_hash` (OpenID Connect Core §3.1.3.6); at the
 * token endpoint it omits the claim, but some clients check it.
 */
export function idTokenClaims({ entities, route }: OIDCContext): Readonly<Record<string, unknown>> {
  const requestedAt = authorizedAt(entities) ?? entities.RefreshToken?.iiat ?? Math.floor(Date.now() / 1000)
  const value = route === 'token' && entities.AccessToken ? issuedValue(entities.AccessToken) : undefined
  return { ...additionalIdTokenClaims(requestedAt), ...(value !== undefined && { at_hash: value }) }
}

/** The time of the authorization request whose code is being exchanged, in seconds; `undefined` outside an exchange. */
export function authorizedAt(entities: OIDCContext['entities'] | undefined): number | undefined {
  return (entities?.AuthorizationCode ?? entities?.DeviceCode)?.iat
}
