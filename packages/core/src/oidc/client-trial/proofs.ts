import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { sha256 } from '../../hash.ts'
import { randomToken } from '../../random.ts'

/** Creates the `DPoP` header for a request, bound to the access token if given (RFC 9449 §4.2). */
export type ProveKey = (method: 'GET' | 'POST', url: string, accessToken?: string) => Promise<string>

/** Creates DPoP proofs with a new key for one client test; DPoP keys need no registration. */
export async function createKeyProofs(): Promise<ProveKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return (method, url, accessToken) => {
    const ath = accessToken !== undefined && sha256(accessToken)
    return new SignJWT({ htm: method, htu: url, jti: randomToken(), ...(ath !== false && { ath }) })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .setIssuedAt()
      .sign(privateKey)
  }
}

/** Creates a client assertion signed with the client secret (OpenID Connect Core §9, `client_secret_jwt`). */
export async function secretAssertion(clientId: string, issuer: string, secret: string) {
  const assertion = await new SignJWT({ jti: randomToken() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(secret))
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}
