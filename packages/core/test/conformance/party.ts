import { expect } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, startHost, viewOf } from '../flows/host.ts'
import { back, type Parameters, type RelyingPartyOptions, redirectUri, relyingParty } from '../flows/signed-in.ts'

/** How a plan has its authorization responses sent. */
export type ResponseMode = 'query' | 'form_post'

/** A client of a plan's, and one person in one browser in front of it. */
export type Party = Awaited<ReturnType<typeof enter>>

export async function enter(host: Host, options: RelyingPartyOptions & { readonly mode?: ResponseMode } = {}) {
  const { mode = 'query', ...rest } = options
  const party = await relyingParty(host, rest)
  return { host, mode, ...party, agent: new UserAgent(), person: await host.person('ada') }
}

/** A party at a host of its own, which ends with it. */
export async function entering(mode: ResponseMode): Promise<Party & AsyncDisposable> {
  const host = await startHost()
  return { ...(await enter(host, { mode })), [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() }
}

/** Another client for the same person in the same browser: the suite's second one. */
export async function second(party: Party): Promise<Party> {
  return { ...party, ...(await relyingParty(party.host)) }
}

/** An authorization request as the suite makes it: with state and nonce, without PKCE. */
export function requestOf({ mode, configuration }: Party, more: Parameters = {}, without: readonly string[] = []) {
  const parameters: Parameters = {
    redirect_uri: redirectUri,
    scope: 'openid',
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    ...(mode !== 'query' && { response_mode: mode }),
    ...more,
  }
  const url = oidc.buildAuthorizationUrl(configuration, parameters)
  for (const name of without) url.searchParams.delete(name)
  return url
}

/** What a request led to: back at the client, or a page of ours where somebody is asked or told something. */
export async function send({ agent }: Pick<Party, 'agent'>, url: URL): Promise<UserAgentResponse> {
  return agent.follow(await agent.get(url.href), { until: back })
}

/** Shows a page of ours to the person, and nothing to the client. */
export function refusedOnPage(answer: UserAgentResponse, code: string): void {
  expect([answer.status, answer.location, viewOf(answer)]).toMatchObject([400, null, { view: 'error', code }])
}

/** The request by which an answer arrives at the client, in whichever mode. */
function returned(answer: UserAgentResponse): Request {
  if (answer.location !== null) return new Request(answer.location)
  const { action, method, fields } = answer.form(redirectUri)
  return new Request(action, { method, body: new URLSearchParams(fields) })
}

/** What arrived at the client. */
export async function responseOf(answer: UserAgentResponse): Promise<URLSearchParams> {
  const request = returned(answer)
  return request.method === 'POST' ? new URLSearchParams(await request.text()) : new URL(request.url).searchParams
}

const atClient = (answer: UserAgentResponse) =>
  answer.location !== null || answer.text.includes(`action="${redirectUri}"`)

/** Signs in and consents where a page asks for it, up to the answer for the client. */
export async function complete(party: Party, page: UserAgentResponse): Promise<UserAgentResponse> {
  const { agent, person } = party
  let answer = page
  const asked: string[] = []
  while (!atClient(answer)) {
    const { view } = viewOf(answer)
    if (view !== 'sign-in' && view !== 'consent') throw new Error(`Nobody is asked anything here: ${answer.text}`)
    if (asked.includes(view)) throw new Error(`The person is asked twice: ${answer.text}`)
    asked.push(view)
    answer =
      view === 'sign-in'
        ? await signIn(agent, answer, person.authenticator, back)
        : await decide(agent, answer, 'submitTo', back)
  }
  return answer
}

export interface Login {
  readonly answer: UserAgentResponse
  readonly code: string
  readonly tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers
  readonly claims: oidc.IDToken
  readonly idToken: string
}

/** Has openid-client exchange what arrived for `url`, with every check that it knows. */
export async function exchange(party: Party, url: URL, answer: UserAgentResponse): Promise<Login> {
  const [state, nonce] = ['state', 'nonce'].map((name) => url.searchParams.get(name))
  const code = (await responseOf(answer)).get('code') ?? ''
  const tokens = await oidc.authorizationCodeGrant(party.configuration, returned(answer), {
    idTokenExpected: true,
    ...(state && { expectedState: state }),
    ...(nonce && { expectedNonce: nonce }),
  })
  const claims = tokens.claims()
  if (!claims || !tokens.id_token) throw new Error('There is no ID token.')
  return { answer, code, tokens, claims, idToken: tokens.id_token }
}

/** One whole login. */
export async function logIn(party: Party, more: Parameters = {}, without: readonly string[] = []): Promise<Login> {
  const url = requestOf(party, more, without)
  return exchange(party, url, await complete(party, await send(party, url)))
}

/** The second half of the code flow as a program without openid-client would ask for it. */
export async function askForToken(
  { host, client, secret }: Party,
  fields: Readonly<Record<string, string>>,
): Promise<{ status: number; headers: Headers; body: Readonly<Record<string, unknown>> }> {
  const answer = await fetch(`${host.issuer}/api/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${encodeURIComponent(client.id)}:${encodeURIComponent(secret)}`)}` },
    body: new URLSearchParams({ redirect_uri: redirectUri, ...fields }),
  })
  const body = (await answer.json()) as Readonly<Record<string, unknown>>
  return { status: answer.status, headers: answer.headers, body }
}

/** UserInfo asked in any of the ways of RFC 6750 §2. */
export async function userInfo(
  { host }: Party,
  init: RequestInit,
): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  const answer = await fetch(`${host.issuer}/api/oidc/userinfo`, init)
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
}
