import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { extras } from './client-metadata.ts'

type AssertAssertion = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

/** Which clients the FAPI 2.0 Security Profile is enforced for; their metadata say the rest (`client-metadata.ts`). */
export function fapiProfile(_ctx: unknown, client: object | undefined): '2.0' | undefined {
  return client !== undefined && extras(client).pocket_protocol.fapi ? '2.0' : undefined
}

/** FAPI 2.0 Security Profile §5.3.2.1 and §5.4.1, of a client's assertion. */
export const assertFapiAssertion: AssertAssertion = async (_ctx, { aud }, { alg }, client) => {
  if (!fapiProfile(_ctx, client)) return
  if (aud !== _ctx.oidc.issuer)
    throw new errors.InvalidClientAuth('the audience must be the issuer, as a single string')
  if (alg === 'RS256') throw new errors.InvalidClientAuth('RS256 is not for this client')
}

/** FAPI 2.0 Security Profile §5.3.2.1: a token that only its key's holder can use is not rotated. */
export function rotateRefreshToken({ oidc: { client } }: KoaContextWithOIDC): boolean {
  return client === undefined || !extras(client).pocket_protocol.fapi
}
