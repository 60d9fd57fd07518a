import type { Account, Client, NewClientInput } from '@pocket/core'
import { type SoftwareAuthenticator, UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, viewOf, visit } from './host.ts'
import { redirectUri, relyingParty, type Tokens } from './login.ts'

export interface Party {
  readonly host: Host
  readonly client: Client
  readonly configuration: oidc.Configuration
  readonly account: Account
  readonly authenticator: SoftwareAuthenticator
  readonly agent: UserAgent
}

/** A client and a user who has not signed in yet. */
export async function createParty(
  host: Host,
  protocol: NewClientInput['protocol'] = {},
  about: Partial<Account> = {},
): Promise<Party> {
  const { client, configuration } = await relyingParty(host, { protocol })
  const { account, authenticator } = await host.person('ada')
  host.accounts.set(account.id, { ...account, ...about })
  return { host, client, configuration, account, authenticator, agent: new UserAgent() }
}

/** Starts an authorization and follows redirects up to the first page. */
export function beginAuthorization({ configuration, agent }: Party, extra: Readonly<Record<string, string>>) {
  const url = oidc.buildAuthorizationUrl(configuration, { redirect_uri: redirectUri, ...extra })
  return visit(agent, url)
}

/** Signs in and consents, up to the redirect URI of the client. */
export async function signInAndConsent({ agent, authenticator }: Party, page: UserAgentResponse): Promise<URL> {
  let current = page
  if (current.location === null && viewOf(current).view === 'sign-in')
    current = await signIn(agent, current, authenticator)
  if (current.location === null && viewOf(current).view === 'consent') current = await decide(agent, current)
  return new URL(current.location ?? '')
}

type ClaimValues = Readonly<Record<string, unknown>>

export interface ReceivedClaims {
  readonly scope: string | undefined
  readonly tokens: Tokens
  readonly idToken: ClaimValues
  readonly userInfo: ClaimValues
  readonly refreshed: ClaimValues
}

/** The claims that the client receives: in the ID token, at UserInfo, and in the refreshed ID token. */
export async function receiveClaims(fixture: Party, extra: Readonly<Record<string, string>>): Promise<ReceivedClaims> {
  const { configuration, account } = fixture
  const returned = await signInAndConsent(fixture, await beginAuthorization(fixture, extra))
  const tokens = await oidc.authorizationCodeGrant(configuration, returned)
  const userInfo = await oidc.fetchUserInfo(configuration, tokens.access_token, account.id)
  const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
  return {
    scope: tokens.scope,
    tokens,
    idToken: omitProtocolClaims(tokens.claims()),
    userInfo: omitProtocolClaims(userInfo),
    refreshed: omitProtocolClaims(refreshed.claims()),
  }
}

const ofTheToken = 'iss aud exp iat at_hash auth_time amr acr nonce jti sid sub type rat'.split(' ')

/** The user claims without `sub`. */
function omitProtocolClaims(claims: object = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => !ofTheToken.includes(claim)))
}
