import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { extras } from './client-metadata.ts'

type AssertAssertion = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

type AssertRequestObject = NonNullable<
  NonNullable<NonNullable<Configuration['features']>['requestObjects']>['assertJwtClaimsAndHeader']
>

/** Seconds. */
const hour = 3600

/** Selects clients for which the library enforces the FAPI 2.0 Security Profile; see also `client-metadata.ts`. */
export function fapiProfile(_ctx: unknown, client: object | undefined): '2.0' | undefined {
  return client !== undefined && extras(client).pocket_protocol.fapi ? '2.0' : undefined
}

/** Checks client assertions by FAPI 2.0 Security Profile §5.3.2.1 and §5.4.1. */
export const assertFapiAssertion: AssertAssertion = async (_ctx, { aud }, { alg }, client) => {
  if (!fapiProfile(_ctx, client)) return
  if (aud !== _ctx.oidc.issuer)
    throw new errors.InvalidClientAuth('the audience must be the issuer, as a single string')
  if (alg === 'RS256') throw new errors.InvalidClientAuth('RS256 is not permitted for this client')
}

/**
 * Checks request objects by FAPI 2.0 Message Signing §5.3.1 and FAPI 2.0 Security Profile §5.4.1. Called again for the stored
 * copy of a pushed request object.
 */
export const assertFapiRequestObject: AssertRequestObject = async (ctx, { aud, exp, nbf }, { alg }, client) => {
  if (!fapiProfile(ctx, client)) return
  if (aud === undefined || typeof exp !== 'number' || typeof nbf !== 'number' || exp <= nbf || exp - nbf > hour)
    throw new errors.InvalidRequestObject('aud, nbf and exp are required, and exp must be at most one hour after nbf')
  if (alg === 'RS256') throw new errors.InvalidRequestObject('RS256 is not permitted for this client')
}

/** FAPI 2.0 Security Profile §5.3.2.1: sender-constrained refresh tokens are not rotated. */
export function rotateRefreshToken({ oidc: { client } }: KoaContextWithOIDC): boolean {
  return client === undefined || !extras(client).pocket_protocol.fapi
}
