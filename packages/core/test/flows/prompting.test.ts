import { beforeAll, describe, expect, test } from '@jest/globals'
import type { NewClientInput, View } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { decide, type Host, minute, shareHost, signIn, submitButton, viewOf, visit } from './host.ts'
import { authorizationUrl, login, type Parameters, redirectUri, relyingParty } from './login.ts'
import { redirectParameters, sendForm } from './requests.ts'

const host = shareHost()
let person: Awaited<ReturnType<Host['person']>>
const clients: Record<string, string> = {}

beforeAll(async () => {
  person = await host.person('ada')
  const settings: Readonly<Record<string, Partial<NewClientInput>>> = {
    ordinary: {},
    reauthenticating: { requiresReauthentication: true, skipConsent: true },
    shortLived: { protocol: { maxSessionAgeMinutes: 10 }, skipConsent: true },
    closed: { isGroupRestricted: true },
    trusted: { skipConsent: true },
  }
  for (const [name, input] of Object.entries(settings))
    clients[name] = (await host.client({ name, redirectUris: [redirectUri], ...input })).client.id
})

const authorize = (agent: UserAgent, client: string, extra: Parameters = {}) =>
  visit(agent, authorizationUrl(host, clients[client] ?? '', extra))

/**
 * A browser with a two-minute-old session of Ada and a consent for the default client. The library reads its own clock, so the
 * test backdates the sign-in.
 */
async function signInAda(since = 2 * minute) {
  const agent = new UserAgent()
  host.clock.pass(-since)
  const consent = await signIn(agent, await authorize(agent, 'ordinary'), person.authenticator)
  if (consent.location === null) await decide(agent, consent)
  host.clock.pass(since)
  return agent
}

/** Answers all prompts, and returns their names. */
async function followPages(agent: UserAgent, first: UserAgentResponse) {
  const requests: View['view'][] = []
  let page = first
  while (page.location === null && requests.length < 5) {
    const view = viewOf(page)
    requests.push(view.view)
    if (view.view === 'sign-in') page = await signIn(agent, page, person.authenticator)
    else if (view.view === 'consent') page = await decide(agent, page)
    else if (view.view === 'select-account') {
      const account = view.accounts[0]?.id ?? ''
      page = await submitButton(agent, page, 'chooseTo', { account })
    } else throw new Error(`Unexpected page: ${JSON.stringify(view)}`)
  }
  return { asked: requests, page }
}

describe('Cancel', () => {
  const state = 's p/æ?&=#%20+"<>'
  test.each<[string, string, boolean, Parameters, View['view']]>([
    ['the sign-in page', 'ordinary', false, {}, 'sign-in'],
    ['the sign-in page of a new user', 'ordinary', false, { prompt: 'create' }, 'sign-in'],
    ['a new sign-in', 'ordinary', true, { prompt: 'login' }, 'sign-in'],
    ['a sign-in that is too old for the request', 'ordinary', true, { max_age: '0' }, 'sign-in'],
    ['a sign-in for this client', 'reauthenticating', true, {}, 'sign-in'],
    ['a sign-in that is too old for the client', 'shortLived', true, {}, 'sign-in'],
    ['the chooser', 'ordinary', true, { prompt: 'select_account' }, 'select-account'],
    ['the consent page', 'ordinary', true, { prompt: 'consent' }, 'consent'],
    ['the page for users without access', 'closed', true, {}, 'not-allowed'],
    ['a sign-in with a JWT response', 'ordinary', true, { prompt: 'login', response_mode: 'query.jwt' }, 'sign-in'],
  ])('on %s returns access_denied with the state', async (_name, client, isSignedIn, extra, view) => {
    const agent = isSignedIn ? await signInAda(11 * minute) : new UserAgent()
    const page = await authorize(agent, client, { ...extra, state })
    expect(viewOf(page)).toMatchObject({ view, cancelTo: expect.any(String) })
    const result = redirectParameters(await submitButton(agent, page, 'cancelTo'))
    const received =
      result.response === undefined
        ? result
        : JSON.parse(Buffer.from(result.response.split('.')[1] ?? '', 'base64url').toString())
    expect(received).toMatchObject({ error: 'access_denied', state, iss: host.issuer })
    // The response is final: the button does nothing a second time, and the session remains.
    const again = await submitButton(agent, page, 'cancelTo')
    expect([again.status < 500, redirectParameters(again).code]).toEqual([true, undefined])
    const silent = redirectParameters(await authorize(agent, 'trusted', { prompt: 'none' }))
    expect(Object.keys(silent)).toContain(isSignedIn ? 'code' : 'error')
  })
})

describe('prompt', () => {
  test.each<[string, readonly View['view'][]]>([
    ['login', ['sign-in']],
    ['login login', ['sign-in']],
    ['consent', ['consent']],
    ['login consent', ['sign-in', 'consent']],
    ['consent login', ['sign-in', 'consent']],
    ['select_account', ['select-account']],
    ['select_account login', ['select-account', 'sign-in']],
    ['consent select_account', ['select-account', 'consent']],
    ['select_account consent login', ['select-account', 'sign-in', 'consent']],
    ['create', ['select-account']],
  ])('%s asks for %j, each once', async (prompt, requests) => {
    const agent = await signInAda()
    const result = await followPages(agent, await authorize(agent, 'ordinary', { prompt }))
    expect([result.asked, redirectParameters(result.page)]).toEqual([
      requests,
      expect.objectContaining({ code: expect.any(String) }),
    ])
  })

  test.each([
    'none login',
    'login none',
    'none consent select_account',
    'nonsense',
    'login nonsense',
    'NONE',
    'login,consent',
  ])('%j is rejected with an error to the client', async (prompt) => {
    const refused = redirectParameters(await authorize(await signInAda(), 'ordinary', { prompt, state: 's' }))
    expect(refused).toMatchObject({ error: 'invalid_request', state: 's' })
  })

  test.each<[string, string, Parameters, string | undefined]>([
    ['a client with consent', 'ordinary', {}, undefined],
    ['a client without consent prompt', 'trusted', {}, undefined],
    ['a sign-in that is recent enough', 'ordinary', { max_age: '100000' }, undefined],
    ['a sign-in that is too old', 'ordinary', { max_age: '0' }, 'login_required'],
    ['a client that requires reauthentication', 'reauthenticating', {}, 'login_required'],
    ['a scope without consent', 'ordinary', { scope: 'openid email' }, 'consent_required'],
    ['a client that the user may not use', 'closed', {}, 'access_denied'],
    [
      'an essential acr',
      'ordinary',
      { claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}' },
      'login_required',
    ],
    ['an acr that is not mandatory', 'ordinary', { acr_values: 'gold silver' }, undefined],
    ['another user', 'ordinary', { claims: '{"id_token":{"sub":{"value":"nobody"}}}' }, 'login_required'],
    ['a login hint that matches no user', 'ordinary', { login_hint: '\u0000"><script>' }, undefined],
    ['a hint that is not a token', 'ordinary', { id_token_hint: 'nonsense' }, 'invalid_request'],
  ])('none, for %s', async (_what, client, extra, error) => {
    const result = redirectParameters(
      await authorize(await signInAda(), client, { ...extra, prompt: 'none', state: 's' }),
    )
    expect(result).toMatchObject(error === undefined ? { code: expect.any(String) } : { error })
    expect(result.state).toBe('s')
  })
})

test.each<[string, Parameters]>([
  ['shortLived', {}],
  ['reauthenticating', {}],
  ['ordinary', { max_age: '100000' }],
])('a sign-in in the future has no age, so the client "%s" with %j requires another', async (client, extra) => {
  const skewed = await signInAda(-minute / 2)
  expect((await authorize(skewed, 'shortLived')).location).not.toBeNull()
  const agent = await signInAda(-10 * minute)
  expect(redirectParameters(await authorize(agent, client, { ...extra, prompt: 'none' }))).toMatchObject({
    error: 'login_required',
  })
  const page = await authorize(agent, client, extra)
  expect(viewOf(page).view).toBe('sign-in')
  expect(redirectParameters(await signIn(agent, page, person.authenticator))).toHaveProperty('code')
  expect(redirectParameters(await authorize(agent, client, { ...extra, prompt: 'none' }))).toHaveProperty('code')
})

describe('max_age', () => {
  test.each<[string, boolean | 'refused']>([
    ['0', true],
    ['60', true],
    ['9007199254740991', false],
    ['9007199254740993', 'refused'],
    ['99999999999999999999999', 'refused'],
    ['-1', 'refused'],
    ['1.5', 'refused'],
    ['0x0', 'refused'],
    ['-0', 'refused'],
  ])('%s, two minutes after the sign-in: asks again %s', async (maxAge, again) => {
    const agent = await signInAda()
    const page = await authorize(agent, 'ordinary', { max_age: maxAge, state: 's' })
    if (again === 'refused')
      return expect(redirectParameters(page)).toMatchObject({ error: 'invalid_request', state: 's' })
    const { asked, page: end } = await followPages(agent, page)
    expect([asked, redirectParameters(end).code]).toEqual([again ? ['sign-in'] : [], expect.any(String)])
  })
})

describe('id_token_hint', () => {
  async function logInForHint() {
    const { configuration, client } = await relyingParty(host)
    clients.hinting = client.id
    const agent = new UserAgent()
    const { finish } = await login(host, configuration, { scope: 'openid' }, { agent, person })
    return { agent, hint: (await finish()).id_token ?? '' }
  }
  const authorizeSilently = async (agent: UserAgent, client: string, hint: string) =>
    redirectParameters(await authorize(agent, client, { prompt: 'none', id_token_hint: hint, state: 's' }))

  test('does not sign in', async () => {
    const { hint } = await logInForHint()
    expect(await authorizeSilently(new UserAgent(), 'hinting', hint)).toMatchObject({
      error: 'login_required',
      state: 's',
    })
  })
})

test('logs a user without access to the client, whether or not they return to it', async () => {
  const { client } = await host.client({ redirectUris: [redirectUri], isGroupRestricted: true })
  clients.exclusive = client.id
  const agent = await signInAda()
  expect(viewOf(await authorize(agent, 'exclusive', { state: 's' }))).toMatchObject({ view: 'not-allowed' })
  expect(await host.pocket.connectionLog.list(client.id)).toMatchObject([
    {
      accountId: person.account.id,
      succeeded: false,
      error: 'access_denied',
      reason: expect.stringContaining('none of the groups'),
      redirectUri,
    },
  ])
})

test('keeps the consent after the session ends, and after a code is used twice', async () => {
  const { client, secret } = await host.client({ redirectUris: [redirectUri] })
  clients.remembering = client.id
  const agent = new UserAgent()
  const first = await followPages(agent, await authorize(agent, 'remembering'))
  expect(first.asked).toEqual(['sign-in', 'consent'])
  const code = redirectParameters(first.page).code ?? ''
  const exchange = async () => {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    return (await sendForm(host, 'token', { ...form, client_id: client.id, client_secret: secret })).status
  }
  expect([await exchange(), await exchange()]).toEqual([200, 400])
  expect(redirectParameters(await authorize(agent, 'remembering', { prompt: 'none' }))).toHaveProperty('code')
  await host.pocket.endAccess(person.account.id)
  const anew = new UserAgent()
  expect((await followPages(anew, await authorize(anew, 'remembering'))).asked).toEqual(['sign-in'])
  await host.pocket.withdrawConsent(person.account.id, client.id)
  expect((await followPages(anew, await authorize(anew, 'remembering'))).asked).toEqual(['consent'])
})
