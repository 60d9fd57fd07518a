import assert from 'node:assert/strict'
import type { ClientProtocolInput, NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, viewOf, visit } from './host.ts'

export const redirectUri = 'https://app.example/callback'

export type Parameters = Readonly<Record<string, string>>

/** An authorization request of a client. */
export function authorizationUrl(
  { issuer }: Pick<Host, 'issuer'>,
  client: string | { readonly client: { readonly id: string } },
  extra: Parameters = {},
): string {
  const client_id = typeof client === 'string' ? client : client.client.id
  const query = { client_id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', ...extra }
  return `${issuer}/authorize?${new URLSearchParams(query)}`
}

/** Configures openid-client for a client of the provider. */
export const discover = (
  host: Pick<Host, 'issuer'>,
  clientId: string,
  authentication: oidc.ClientAuth,
  metadata?: Partial<oidc.ClientMetadata>,
) => oidc.discovery(new URL(host.issuer), clientId, metadata, authentication, { execute: [oidc.allowInsecureRequests] })

export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers

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
  const authentication = options.authentication ?? oidc.ClientSecretBasic(secret)
  const configuration = await discover(host, client.id, authentication, options.metadata)
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
  const shown = await visit(agent, url)
  const signed = shown.location === null ? await signIn(agent, shown, authenticator) : shown
  const asks = signed.location === null && viewOf(signed).view === 'consent'
  const page = asks ? await decide(agent, signed) : signed
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

/** Asserts that the provider refuses a request with this error. */
export async function expectRefusal(request: Promise<unknown>, error: string): Promise<void> {
  await assert.rejects(request, { error })
}
