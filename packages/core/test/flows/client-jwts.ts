import { exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'

/** Signs a JWT of a client that is valid for a minute, such as an assertion. */
export const signJwt = (
  key: Parameters<SignJWT['sign']>[0],
  header: JWTHeaderParameters,
  claims: JWTPayload = {},
): Promise<string> =>
  new SignJWT({ jti: crypto.randomUUID(), ...claims })
    .setProtectedHeader(header)
    .setIssuedAt()
    .setExpirationTime(claims.exp ?? '1m')
    .sign(key)

/** Signs a proof of possession for a request (RFC 9449). */
export const signProof = async (
  { publicKey, privateKey }: CryptoKeyPair,
  htm: string,
  htu: string,
  claims: JWTPayload = {},
): Promise<string> =>
  new SignJWT({ htm, htu, jti: crypto.randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
    .setIssuedAt(claims.iat)
    .sign(privateKey)
