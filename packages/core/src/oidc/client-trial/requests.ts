import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { sha256 } from '../../hash.ts'
import { type JsonObject, parseJsonObject } from '../../json-object.ts'
import type { PublicFetchInit } from '../../outbound/guarded-request.ts'
import { OutboundError } from '../../outbound/outbound-error.ts'
import type { PublicFetch } from '../../outbound/public-fetch.ts'
import { randomToken } from '../../random.ts'
import { TrialStoppedError } from './trial.ts'

/** The values that an application keeps between its requests. */
export interface Secrets {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly challenge: string
}

export function createSecrets(): Secrets {
  const [state, nonce, verifier] = [randomToken(), randomToken(), randomToken()]
  return { state, nonce, verifier, challenge: sha256(verifier) }
}

/** @throws {TrialStoppedError} `unreachable` */
export async function fetchResponse(fetch: PublicFetch, url: string, init: PublicFetchInit = {}): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', ...init })
  } catch (error) {
    if (error instanceof OutboundError) throw new TrialStoppedError('unreachable', `${url}: ${error.code}`)
    throw error
  }
}

/** @throws {TrialStoppedError} `refused` if the response is not a JSON object or is an error */
export async function fetchJson(fetch: PublicFetch, url: string, init: PublicFetchInit = {}): Promise<JsonObject> {
  const response = await fetchResponse(fetch, url, init)
  const body = parseJsonObject(await response.text())
  if (response.ok && body) return body
  const errorText = [body?.error, body?.error_description].filter((value) => typeof value === 'string').join(': ')
  throw new TrialStoppedError('refused', errorText || `${url} returned status ${response.status}`)
}

/** @throws {TrialStoppedError} `not_genuine` if validation by OpenID Connect Core §3.1.3.7 fails */
export async function verifyIdToken(
  token: string,
  keys: JsonObject,
  { issuer, clientId, nonce }: { readonly issuer: string; readonly clientId: string; readonly nonce: string },
): Promise<{ readonly claims: JsonObject; readonly alg: string }> {
  if (token.split('.').length === 5) throw new TrialStoppedError('encrypted', '', 'skipped')
  try {
    // The cast is safe: jose validates the key set.
    const set = createLocalJWKSet(keys as unknown as JSONWebKeySet)
    const { payload, protectedHeader } = await jwtVerify(token, set, { issuer, audience: clientId })
    if (payload.nonce !== nonce) throw new TrialStoppedError('not_genuine', 'nonce')
    return { claims: payload, alg: protectedHeader.alg }
  } catch (error) {
    if (error instanceof TrialStoppedError) throw error
    throw new TrialStoppedError('not_genuine', error instanceof Error ? error.message : '')
  }
}

/** The UserInfo claims, which can be a JWT (OpenID Connect Core §5.3.2). */
export async function fetchUserInfo(
  fetch: PublicFetch,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  const response = await fetchResponse(fetch, url, { headers })
  const text = await response.text()
  const parts = text.split('.')
  if (response.ok && parts.length === 5) throw new TrialStoppedError('encrypted', '', 'skipped')
  const signedPayload = response.headers.get('content-type')?.startsWith('application/jwt') && parts[1]
  const claims = parseJsonObject(signedPayload ? Buffer.from(signedPayload, 'base64url').toString('utf8') : text)
  if (response.ok && claims) return claims
  throw new TrialStoppedError('refused', `${url} returned status ${response.status}`)
}
