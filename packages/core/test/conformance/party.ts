import { expect } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, startHost, viewOf, visit } from '../flows/host.ts'
import { type Parameters, type RelyingPartyOptions, redirectUri, relyingParty } from '../flows/login.ts'
import { sendForm } from '../flows/requests.ts'

/** How the authorization responses of a plan are sent. */
export type ResponseMode = 'query' | 'form_post'

/** A client of a plan, with one user in one browser. */
export type Party = Awaited<ReturnType<typeof createParty>>

export async function createParty(host: Host, options: RelyingPartyOptions & { readonly mode?: ResponseMode } = {}) {
  const { mode = 'query', ...rest } = options
  const party = await relyingParty(host, rest)
  return { host, mode, ...party, agent: new UserAgent(), person: await host.person('ada') }
}

/** A client on a separate host, which is closed together with it. */
export async function startParty(mode: ResponseMode): Promise<Party & AsyncDisposable> {
  const host = await startHost()
  return { ...(await createParty(host, { mode })), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() }
}

/** A second client for the same user in the same browser, as the suite uses it. */
export async function registerSecondClient(party: Party): Promise<Party> {
  return { ...party, ...(await relyingParty(party.host)) }
}

/** An authorization request as the suite sends it: with state and nonce, without PKCE. */
export function authorizationUrl(
  { mode, configuration }: Party,
  extra: Parameters = {},
  without: readonly string[] = [],
) {
  const parameters: Parameters = {
    redirect_uri: redirectUri,
    scope: 'openid',
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    ...(mode !== 'query' && { response_mode: mode }),
    ...extra,
  }
  const url = oidc.buildAuthorizationUrl(configuration, parameters)
  for (const name of without) url.searchParams.delete(name)
  return url
}

/** The result of a request: a redirect to the client, or a page of the provider. */
export async function sendAuthorizationRequest({ agent }: Pick<Party, 'agent'>, url: URL): Promise<UserAgentResponse> {
  return visit(agent, url)
}

/** Asserts that the provider shows a page and sends nothing to the client. */
export function expectRefusalPage(response: UserAgentResponse, code: string): void {
  expect([response.status, response.location, viewOf(response)]).toMatchObject([400, null, { view: 'error', code }])
}

/** The request that delivers a response to the client, in any response mode. */
function callbackRequest(response: UserAgentResponse): Request {
  if (response.location !== null) return new Request(response.location)
  const { action, method, fields } = response.form(redirectUri)
  return new Request(action, { method, body: new URLSearchParams(fields) })
}

/** The response that the client received. */
export async function readAuthorizationResponse(response: UserAgentResponse): Promise<URLSearchParams> {
  const request = callbackRequest(response)
  return request.method === 'POST' ? new URLSearchParams(await request.text()) : new URL(request.url).searchParams
}

const isForClient = (response: UserAgentResponse) =>
  response.location !== null || response.text.includes(`action="${redirectUri}"`)

/** Signs in and consents when a page asks for it, until the client receives its response. */
export async function completeLogin(party: Party, page: UserAgentResponse): Promise<UserAgentResponse> {
  const { agent, person } = party
  let response = page
  const requests: string[] = []
  while (!isForClient(response)) {
    const { view } = viewOf(response)
    if (view !== 'sign-in' && view !== 'consent') throw new Error(`Unexpected page: ${response.text}`)
    if (requests.includes(view)) throw new Error(`The person is asked twice: ${response.text}`)
    requests.push(view)
    response = view === 'sign-in' ? await signIn(agent, response, person.authenticator) : await decide(agent, response)
  }
  return response
}

export interface Login {
  readonly answer: UserAgentResponse
  readonly code: string
  readonly tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers
  readonly claims: oidc.IDToken
  readonly idToken: string
}

/** Exchanges the response to `url` with openid-client, with all of its checks enabled. */
export async function exchangeCode(party: Party, url: URL, response: UserAgentResponse): Promise<Login> {
  const [state, nonce] = ['state', 'nonce'].map((name) => url.searchParams.get(name))
  const code = (await readAuthorizationResponse(response)).get('code') ?? ''
  const tokens = await oidc.authorizationCodeGrant(party.configuration, callbackRequest(response), {
    idTokenExpected: true,
    ...(state && { expectedState: state }),
    ...(nonce && { expectedNonce: nonce }),
  })
  const claims = tokens.claims()
  if (!claims || !tokens.id_token) throw new Error('There is no ID token.')
  return { answer: response, code, tokens, claims, idToken: tokens.id_token }
}

/** A complete login. */
export async function logIn(party: Party, extra: Parameters = {}, without: readonly string[] = []): Promise<Login> {
  const url = authorizationUrl(party, extra, without)
  return exchangeCode(party, url, await completeLogin(party, await sendAuthorizationRequest(party, url)))
}

/** Exchanges the code without openid-client. */
export async function requestToken(
  { host, client, secret }: Party,
  fields: Readonly<Record<string, string>>,
): Promise<{ status: number; headers: Headers; body: Readonly<Record<string, unknown>> }> {
  const response = await sendForm(
    host,
    'token',
    { redirect_uri: redirectUri, ...fields },
    { authorization: `Basic ${btoa(`${encodeURIComponent(client.id)}:${encodeURIComponent(secret)}`)}` },
  )
  const body = (await response.json()) as Readonly<Record<string, unknown>>
  return { status: response.status, headers: response.headers, body }
}

/** Requests UserInfo with one of the methods of RFC 6750 §2. */
export async function fetchUserInfo(
  { host }: Party,
  init: RequestInit,
): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  const response = await fetch(`${host.issuer}/api/oidc/userinfo`, init)
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}
