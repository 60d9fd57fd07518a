import { expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, shareHost, signIn, submitButton, viewOf, visit } from './host.ts'
import { authorizationUrl, discover, type Parameters } from './login.ts'
import { cookieHeader, redirectParameters } from './requests.ts'

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
const host = shareHost()

/** A public client with a remembered consent, and the browser in which the user is signed in. */
async function signInAda(input: Partial<NewClientInput> = {}) {
  const { client } = await host.client({ name: 'Tool', redirectUris, isPublic: true, ...input })
  const [agent, person, verifier] = [new UserAgent(), await host.person('ada'), oidc.randomPKCECodeVerifier()]
  const challenge = await oidc.calculatePKCECodeChallenge(verifier)
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
  const authorize = (redirectUri: string, extra: Parameters = {}) =>
    visit(agent, authorizationUrl(host, client.id, { redirect_uri: redirectUri, ...pkce, ...extra }))
  const page = await signIn(agent, await authorize(web), person.authenticator)
  const first = page.location === null ? await decide(agent, page) : page
  expect(redirectParameters(first)).toHaveProperty('code')
  return { client, agent, person, authorize, verifier }
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
  expect(redirectParameters(await decide(agent, page))).toHaveProperty('code')
  expect(redirectParameters(await authorize(redirectUri, { prompt: 'none' }))).toMatchObject({
    error: 'interaction_required',
  })
  expect(viewOf(await authorize(redirectUri))).toMatchObject({ view: 'consent', confirmOnly: true })
})

test('asks for consent once at the first authorization', async () => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(scheme, { scope: 'openid profile' })
  expect(viewOf(page)).not.toHaveProperty('confirmOnly')
  expect(redirectParameters(await decide(agent, page))).toHaveProperty('code')
  const none = await authorize(scheme, { scope: 'openid email', prompt: 'none' })
  expect(redirectParameters(none)).toMatchObject({ error: 'interaction_required' })
})

test('continuing records no second consent, and refusing sends access_denied', async () => {
  const { agent, authorize } = await signInAda()
  const countConsents = () => host.events.filter(({ event }) => event === 'consent_given').length
  const before = countConsents()
  expect(redirectParameters(await decide(agent, await authorize(loopback)))).toHaveProperty('code')
  expect(countConsents()).toBe(before)
  expect(redirectParameters(await decide(agent, await authorize(loopback), 'cancelTo'))).toEqual({
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
  const page = await signIn(agent, await authorize(loopback, { prompt: 'login' }), person.authenticator)
  expect([page.location, viewOf(page)]).toMatchObject([null, { view: 'consent', confirmOnly: true }])
})

test('the confirmation counts once: its interaction cannot be replayed', async () => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(loopback)
  const cookie = cookieHeader(agent)
  const submitted = await agent.postForm(`${page.url}/consent`, {})
  const resume = new URL(submitted.location ?? '', page.url).href
  expect(redirectParameters(await agent.get(resume))).toHaveProperty('code')
  const replayed = await new UserAgent().get(resume, { headers: { cookie } })
  expect([replayed.location, viewOf(replayed)]).toMatchObject([null, { view: 'error' }])
})

test('choosing an account does not replace the confirmation', async () => {
  const { agent, authorize } = await signInAda()
  const page = await authorize(loopback)
  const chooser = await submitButton(agent, page, 'switchTo')
  const view = viewOf(chooser, 'select-account')
  const chosen = await submitButton(agent, chooser, 'chooseTo', { account: view.accounts[0]?.id ?? '' })
  expect(viewOf(chosen)).toMatchObject({ view: 'consent', confirmOnly: true })
})

test('refreshes the tokens of such a client without the user', async () => {
  const { client, agent, authorize, verifier } = await signInAda()
  const input = redirectParameters(await decide(agent, await authorize(loopback)))
  const configuration = await discover(host, client.id, oidc.None())
  const tokens = await oidc.genericGrantRequest(configuration, 'authorization_code', {
    code: input.code ?? '',
    redirect_uri: loopback,
    code_verifier: verifier,
  })
  expect(await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).toHaveProperty('access_token')
})
