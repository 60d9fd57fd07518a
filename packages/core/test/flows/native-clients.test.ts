import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, signIn, startHost, viewOf } from './host.ts'
import type { Parameters } from './login.ts'

const loopback = 'http://127.0.0.1/callback'
const scheme = 'app.example:/callback'
const web = 'https://app.example/callback'
const redirectUris = [
  loopback,
  scheme,
  web,
  'http://[::1]/callback',
  'http://localhost/callback',
  'http://nas.lan/callback',
]
const isClientUrl = (url: string) =>
  /^(app\.example:|https:|http:\/\/(127\.|\[|nas|localhost\/|localhost:9999))/.test(url)

let host: Host
beforeAll(async () => {
  host = await startHost()
})
afterAll(async () => {
  expect(host.errors).toEqual([])
  await host[Symbol.asyncDispose]()
})

/** A public client with a remembered consent, and the browser in which the user is signed in. */
async function signInAda(input: Partial<NewClientInput> = {}) {
  const { client } = await host.client({ name: 'Tool', redirectUris, isPublic: true, ...input })
  const [agent, person, verifier] = [new UserAgent(), await host.person('ada'), oidc.randomPKCECodeVerifier()]
  const challenge = await oidc.calculatePKCECodeChallenge(verifier)
  const authorize = async (redirectUri: string, extra: Parameters = {}) => {
    const query = new URLSearchParams({
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...extra,
    })
    return agent.follow(await agent.get(`${host.issuer}/authorize?${query}`), { until: isClientUrl })
  }
  const page = await signIn(agent, await authorize(web), person.authenticator, isClientUrl)
  const first = page.location === null ? await decide(agent, page, 'submitTo', isClientUrl) : page
  expect(redirectParameters(first)).toHaveProperty('code')
  return { client, agent, person, authorize, verifier }
}

const redirectParameters = ({ location }: UserAgentResponse) =>
  Object.fromEntries(new URL(location ?? 'about:blank').searchParams)

function consentUrl(page: UserAgentResponse, name: 'submitTo' | 'switchTo') {
  const view = viewOf(page)
  if (view.view !== 'consent') throw new Error(`This is not a consent page but ${view.view}`)
  return view[name]
}

test.each([
  [loopback],
  ['http://127.0.0.1:49152/callback'],
  ['http://localhost:9999/callback'],
  ['http://[::1]:9999/callback'],
  [scheme],
])('a remembered consent authorizes a public client at %s only after the user continues', async (redirectUri) => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(redirectUri)
  expect([page.location, viewOf(page)]).toMatchObject([
    null,
    { view: 'consent', confirmOnly: true, account: { userName: 'ada' } },
  ])
  expect(redirectParameters(await decide(agent, page, 'submitTo', isClientUrl))).toHaveProperty('code')
  expect(redirectParameters(await authorize(redirectUri, { prompt: 'none' }))).toMatchObject({
    error: 'interaction_required',
  })
  expect(viewOf(await authorize(redirectUri))).toMatchObject({ view: 'consent', confirmOnly: true })
})

test('asks for consent once at the first authorization', async () => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(scheme, { scope: 'openid profile' })
  expect(viewOf(page)).not.toHaveProperty('confirmOnly')
  expect(redirectParameters(await decide(agent, page, 'submitTo', isClientUrl))).toHaveProperty('code')
  const none = await authorize(scheme, { scope: 'openid email', prompt: 'none' })
  expect(redirectParameters(none)).toMatchObject({ error: 'interaction_required' })
})

test('continuing records no second consent, and refusing sends access_denied', async () => {
  const { agent, authorize } = await signInAda()
  const countConsents = () => host.events.filter(({ event }) => event === 'consent_given').length
  const before = countConsents()
  expect(redirectParameters(await decide(agent, await authorize(loopback), 'submitTo', isClientUrl))).toHaveProperty(
    'code',
  )
  expect(countConsents()).toBe(before)
  expect(redirectParameters(await decide(agent, await authorize(loopback), 'cancelTo', isClientUrl))).toEqual({
    error: 'access_denied',
    error_description: expect.any(String),
    iss: host.issuer,
  })
})

test.each<[string, string, Partial<NewClientInput>]>([
  ['a public client with a web redirect URI', web, {}],
  ['a public client with a redirect URI in the local network', 'http://nas.lan/callback', {}],
  ['a confidential client', loopback, { isPublic: false }],
  ['a client that an administrator set to skip consent', loopback, { skipConsent: true }],
])('%s is authorized without confirmation', async (_which, redirectUri, input) => {
  const { authorize } = await signInAda(input)
  expect(redirectParameters(await authorize(redirectUri, { prompt: 'none' }))).toHaveProperty('code')
})

test('a new sign-in does not replace the confirmation', async () => {
  const { agent, person, authorize } = await signInAda()
  const page = await signIn(agent, await authorize(loopback, { prompt: 'login' }), person.authenticator, isClientUrl)
  expect([page.location, viewOf(page)]).toMatchObject([null, { view: 'consent', confirmOnly: true }])
})

test('the confirmation counts once: its interaction cannot be replayed', async () => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(loopback)
  const cookie = agent
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  const submitted = await agent.postForm(new URL(consentUrl(page, 'submitTo'), page.url).href, {})
  const resume = new URL(submitted.location ?? '', page.url).href
  expect(redirectParameters(await agent.get(resume))).toHaveProperty('code')
  const replayed = await new UserAgent().get(resume, { headers: { cookie } })
  expect([replayed.location, viewOf(replayed)]).toMatchObject([null, { view: 'error' }])
})

test('choosing an account does not replace the confirmation', async () => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(loopback)
  const chooser = await agent.follow(await agent.postForm(new URL(consentUrl(page, 'switchTo'), page.url).href, {}))
  const view = viewOf(chooser)
  if (view.view !== 'select-account') throw new Error(`This is not a chooser but ${view.view}`)
  const chosen = await agent.postForm(new URL(view.chooseTo, page.url).href, { account: view.accounts[0]?.id ?? '' })
  expect(viewOf(await agent.follow(chosen, { until: isClientUrl }))).toMatchObject({
    view: 'consent',
    confirmOnly: true,
  })
})

test('refreshes the tokens of such a client without the user', async () => {
  const { client, agent, authorize, verifier } = await signInAda()
  const input = redirectParameters(await decide(agent, await authorize(loopback), 'submitTo', isClientUrl))
  const configuration = await oidc.discovery(new URL(host.issuer), client.id, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  })
  const tokens = await oidc.genericGrantRequest(configuration, 'authorization_code', {
    code: input.code ?? '',
    redirect_uri: loopback,
    code_verifier: verifier,
  })
  expect(await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).toHaveProperty('access_token')
})
