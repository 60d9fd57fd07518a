import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { IdTokenValidation } from './application.ts'
import type { JsonObject } from './json-object.ts'
import { RefusalError } from './refusal.ts'

export interface IdTokenExpectations {
  readonly issuer: string
  readonly clientId: string
  /** `null` if none was sent. */
  readonly nonce: string | null
  readonly accessToken: string
  readonly advertisedAlgorithms: unknown
  readonly jwks: () => Promise<JsonObject>
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/**
 * Returns the claims of an ID token after the application's own validation.
 *
 * @throws {RefusalError} if the application rejects it
 */
export async function readIdToken(
  token: string,
  validation: IdTokenValidation,
  expected: IdTokenExpectations,
): Promise<JsonObject> {
  const claims = validation.check === 'signature' ? await verifySignature(token, validation, expected) : decode(token)
  if (validation.check === 'none' || validation.check === 'read') return claims
  if (validation.check === 'claims') assertClaims(claims, expected)
  if (expected.nonce !== null && claims.nonce !== expected.nonce)
    throw new RefusalError(
      `The nonce of the ID token is ${JSON.stringify(claims.nonce)} instead of "${expected.nonce}"`,
    )
  return claims
}

type SignatureValidation = Extract<IdTokenValidation, { readonly check: 'signature' }>

async function verifySignature(
  token: string,
  validation: SignatureValidation,
  expected: IdTokenExpectations,
): Promise<JWTPayload> {
  const { issuer, clientId: audience, now, accessToken } = expected
  const keys = createLocalJWKSet((await expected.jwks()) as unknown as JSONWebKeySet)
  const algorithms =
    validation.algorithms === 'advertised' ? onlyStrings(expected.advertisedAlgorithms) : [...validation.algorithms]
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience,
    algorithms,
    currentDate: new Date(now),
    requiredClaims: ['sub', 'iat', 'exp'],
  }).catch((cause: Error) => {
    throw new RefusalError(`The ID token is rejected: ${cause.message}`, { cause })
  })
  if (validation.soleAudience && [payload.aud].flat().length > 1)
    throw new RefusalError(`The ID token has other audiences: ${JSON.stringify(payload.aud)}`)
  const isHashed = validation.accessTokenHash && typeof payload.at_hash === 'string'
  if (isHashed && payload.at_hash !== accessTokenHash(accessToken))
    throw new RefusalError('The at_hash of the ID token is not that of the access token')
  return payload
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch (cause) {
    throw new RefusalError('The ID token is not a JWT', { cause })
  }
}

function assertClaims({ iss, aud, exp }: JWTPayload, { issuer, clientId, now }: IdTokenExpectations): void {
  if (iss !== issuer) throw new RefusalError(`iss is ${JSON.stringify(iss)} instead of "${issuer}"`)
  if (![aud].flat().includes(clientId)) throw new RefusalError(`aud is ${JSON.stringify(aud)} and lacks "${clientId}"`)
  if (exp === undefined || exp * 1000 <= now) throw new RefusalError(`exp is ${exp}: past, or missing`)
}

function onlyStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** For algorithms that hash with SHA-256. */
function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url')
}
