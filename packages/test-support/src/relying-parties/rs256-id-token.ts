import { createPublicKey, verify } from 'node:crypto'
import { isJsonObject, type JsonObject, parseJsonObject } from './json-object.ts'

export interface IdTokenExpectations {
  readonly issuer: string
  readonly clientId: string
  /** A JWK Set (RFC 7517 §5). */
  readonly jwks: JsonObject
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/**
 * Verifies an ID token that is signed with RS256 and returns its claims (OpenID Connect Core 1.0 §3.1.3.7). Throws if any
 * check fails; other algorithms are rejected.
 */
export function verifyRs256IdToken(idToken: string, expected: IdTokenExpectations): JsonObject {
  const parts = idToken.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3) throw new Error('The ID token is not a signed JWT')
  const { alg, kid } = parseJsonObject(decode(header), 'The header of the ID token')
  if (alg !== 'RS256') throw new Error(`The ID token is signed with ${String(alg)}, and only RS256 is accepted`)
  const keys = rsaKeys(expected.jwks, kid)
  const signed = Buffer.from(`${header}.${payload}`, 'ascii')
  const genuine = keys.some((key) =>
    verify('sha256', signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url')),
  )
  if (!genuine)
    throw new Error(`The signature of the ID token matches none of ${keys.length} RSA keys (kid ${String(kid)})`)
  const claims = parseJsonObject(decode(payload), 'The payload of the ID token')
  checkClaims(claims, expected)
  return claims
}

function rsaKeys(jwks: JsonObject, kid: unknown): JsonObject[] {
  if (!Array.isArray(jwks.keys)) throw new Error('The JWK Set has no list of keys')
  return jwks.keys
    .filter(isJsonObject)
    .filter((key) => key.kty === 'RSA' && key.use !== 'enc' && (kid === undefined || key.kid === kid))
}

function checkClaims(
  { iss, aud, azp, sub, exp, iat }: JsonObject,
  { issuer, clientId, now }: IdTokenExpectations,
): void {
  if (iss !== issuer) throw new Error(`iss is ${JSON.stringify(iss)} instead of "${issuer}"`)
  const audience: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!audience.includes(clientId)) throw new Error(`aud is ${JSON.stringify(aud)} and lacks "${clientId}"`)
  if (azp !== undefined && azp !== clientId) throw new Error(`azp is ${JSON.stringify(azp)} instead of "${clientId}"`)
  if (typeof sub !== 'string' || sub === '') throw new Error(`sub is ${JSON.stringify(sub)}`)
  if (typeof iat !== 'number') throw new Error(`iat is ${JSON.stringify(iat)}`)
  if (typeof exp !== 'number' || exp * 1000 <= now) throw new Error(`exp is ${JSON.stringify(exp)}: past, or no number`)
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8')
}
