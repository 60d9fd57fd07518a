import type { Clock } from '@pocket/core'
import type { ProtocolBehavior } from './application.ts'
import type { Endpoints } from './endpoints.ts'
import { readIdToken } from './id-token.ts'
import type { JsonObject } from './json-object.ts'
import { type Checklist, RefusalError } from './refusal.ts'
import { fetchJson } from './requests.ts'
import { assertRequiredClaim, describeNeed, readClaim } from './required-claims.ts'

/** The values against which an application validates tokens. */
export interface TokenContext {
  readonly behavior: ProtocolBehavior
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly fetch: typeof fetch
  readonly clock: Clock
}

/** The data that an application stores about a sign-in. */
export interface Session {
  /** The identifier of the user in the application. */
  readonly account: string | null
  readonly subject: unknown
  readonly idToken: string | null
  readonly refreshToken: string | null
}

/**
 * Validates a token response, and requests UserInfo if the application does.
 *
 * @throws {RefusalError} if a check fails
 */
export async function checkTokens(
  tokens: JsonObject,
  nonce: string | null,
  context: TokenContext,
  checks: Checklist,
): Promise<Session> {
  const { behavior } = context
  const accessToken = await checks.check('An access token is issued', () => readTokenText(tokens, 'access_token'))
  const idToken = await checkIdToken(tokens, { accessToken, nonce }, context, checks)
  const isMissing = behavior.needs.some(({ claim, from }) => from === 'either' && idToken[claim] === undefined)
  const asks = behavior.userInfo === 'always' || (behavior.userInfo === 'if needed' && isMissing)
  const userInfo = asks
    ? await checks.check('UserInfo returns the same user', () => fetchUserInfo(accessToken, idToken, context))
    : {}
  const received = { idToken, userInfo }
  for (const need of behavior.needs) await checks.check(describeNeed(need), () => assertRequiredClaim(need, received))
  return {
    account: textOrNull(readClaim({ claim: behavior.identifiedBy, from: 'either' }, received)),
    subject: idToken.sub ?? userInfo.sub,
    idToken: textOrNull(tokens.id_token),
    refreshToken: textOrNull(tokens.refresh_token),
  }
}

/** @throws {RefusalError} if the token does not end the session of this subject (OpenID Connect Back-Channel Logout §2.6) */
export async function checkLogoutToken(token: string, subject: unknown, context: TokenContext): Promise<void> {
  const { sub, nonce, events } = await readBoundIdToken(token, { accessToken: '', nonce: null }, context)
  const isLogout = 'http://schemas.openid.net/event/backchannel-logout' in Object(events)
  if (!isLogout || nonce !== undefined) throw new RefusalError('These are not the claims of a logout token')
  if (sub !== subject) throw new RefusalError(`It is about ${JSON.stringify(sub)}`)
}

/** @throws {RefusalError} if it is missing */
export function readTokenText(from: JsonObject, member: string): string {
  const value = from[member]
  if (typeof value === 'string' && value !== '') return value
  throw new RefusalError(`The token response has no ${member}`)
}

interface IdTokenBinding {
  readonly accessToken: string
  /** `null` if none was sent. */
  readonly nonce: string | null
}

async function checkIdToken(
  tokens: JsonObject,
  bound: IdTokenBinding,
  context: TokenContext,
  checks: Checklist,
): Promise<JsonObject> {
  const { check } = context.behavior.idToken
  if (check === 'none') return {}
  const name = {
    read: 'The ID token can be read',
    claims: 'The ID token has the right issuer, audience and expiry',
    signature: `The ID token is valid${bound.nonce === null ? '' : ' and has the nonce'}`,
  }[check]
  return checks.check(name, () => readBoundIdToken(readTokenText(tokens, 'id_token'), bound, context))
}

function readBoundIdToken(
  token: string,
  bound: IdTokenBinding,
  { behavior, endpoints, clientId, fetch, clock }: TokenContext,
) {
  return readIdToken(token, behavior.idToken, {
    ...bound,
    issuer: endpoints.issuer,
    clientId,
    advertisedAlgorithms: endpoints.algorithms,
    jwks: () => fetchJson(fetch, endpoints.jwks),
    now: clock.now(),
  })
}

async function fetchUserInfo(
  accessToken: string,
  { sub }: JsonObject,
  { endpoints, fetch }: TokenContext,
): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${accessToken}` }
  const userInfo = await fetchJson(fetch, endpoints.userInfo, { headers })
  if (sub !== undefined && userInfo.sub !== sub)
    throw new RefusalError(
      `UserInfo is about ${JSON.stringify(userInfo.sub)}, the ID token about ${JSON.stringify(sub)}`,
    )
  return userInfo
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
