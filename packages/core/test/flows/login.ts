import type { ClientProtocolInput, NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, viewOf } from './host.ts'

export const redirectUri = 'https://app.example/callback'
export const isRedirectUri = (url: string) => /^https:\/\/(app|other)\.example\//.test(url)

export type Parameters = Readonly<Record<string, string>>

type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers

export interface RelyingPartyOptions {
  readonly protocol?: ClientProtocolInput
  readonly client?: Partial<NewClientInput>
  readonly authentication?: oidc.ClientAuth
  readonly metadata?: Partial<oidc.ClientMetadata>
  readonly setUp?: (configuration: oidc.Configuration) => void
}

/** A client of openid-client, registered with these settings. */
export async function relyingParty(host: Host, options: RelyingPartyOptions = {}) {
  const { client, secret } = await host.client({
    redirectUris: [redirectUri],
    ...options.client,
    ...(options.protocol && { protocol: options.protocol }),
  })
  const configuration = await oidc.discovery(
    new URL(host.issuer),
    client.id,
    options.metadata,
    options.authentication ?? oidc.ClientSecretBasic(secret),
    { execute: [oidc.allowInsecureRequests] },
  )
  options.setUp?.(configuration)
  return { client, secret, configuration }
}

/** The user and the browser; by default a new user in a new browser. */
export interface BrowserOptions {
  readonly agent?: UserAgent
  readonly person?: Awaited<ReturnType<Host['person']>>
}

/** Follows an authorization request through sign-in and consent, up to the redirect URI of the client. */
export async function followAuthorization(
  host: Host,
  url: string,
  { agent = new UserAgent(), person }: BrowserOptions = {},
) {
  const { account, authenticator } = person ?? (await host.person('ada'))
  const shown = await agent.follow(await agent.get(url), { until: isRedirectUri })
  const signed = shown.location === null ? await signIn(agent, shown, authenticator, isRedirectUri) : shown
  const asks = signed.location === null && viewOf(signed).view === 'consent'
  const page = asks ? await decide(agent, signed, 'submitTo', isRedirectUri) : signed
  return { account, authenticator, agent, page }
}

/** A login that openid-client verifies. */
export async function login(
  host: Host,
  configuration: oidc.Configuration,
  parameters: Parameters = {},
  browsing: BrowserOptions = {},
) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
  }
  const all = {
    redirect_uri: redirectUri,
    scope: 'openid profile email groups',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...parameters,
  }
  const url = oidc.buildAuthorizationUrl(configuration, all)
  const { account, agent, page } = await followAuthorization(host, url.href, browsing)
  const finish = (extra?: oidc.DPoPOptions): Promise<Tokens> =>
    oidc.authorizationCodeGrant(configuration, new URL(page.location ?? ''), checks, undefined, extra)
  return { account, agent, page, checks, finish }
}
