import { describe, expect, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { decodeJwt } from 'jose'
import * as oidc from 'openid-client'
import { createParty, logIn, type Party, registerSecondClient as secondOf } from '../conformance/party.ts'
import { day, type HostOptions, hostStarter, renderAsJson, viewOf, visit } from './host.ts'
import { expectRefusal, type Parameters, type RelyingPartyOptions } from './login.ts'

const bye = 'https://app.example/bye'
const evil = 'https://evil.example/'
const startHost = hostStarter()

async function startLoggedIn(options: RelyingPartyOptions = {}, host: HostOptions = {}) {
  const started = await startHost(host)
  const party = await createParty(started, { ...options, client: { postLogoutRedirectUris: [bye], ...options.client } })
  const login = await logIn(party)
  return { host: started, party, ...login }
}

async function endSession({ host, agent }: Party, parameters: Parameters) {
  const url = `${host.issuer}/api/oidc/end-session?${new URLSearchParams(parameters)}`
  return visit(agent, url)
}

/** The final URL of the browser, and whether it still has a session. */
async function readOutcome(party: Party, page: UserAgentResponse) {
  const url = oidc.buildAuthorizationUrl(party.configuration, {
    redirect_uri: 'https://app.example/callback',
    scope: 'openid',
    prompt: 'none',
  })
  const response = await visit(party.agent, url)
  const signedIn = new URL(response.location ?? '').searchParams.get('error') !== 'login_required'
  return { at: page.location ?? viewOf(page).view, signedIn }
}

describe('logout with an ID token of the session', () => {
  test('signs out immediately, revokes all tokens of the session, notifies clients and records an audit event', async () => {
    const { host, party, idToken, tokens } = await startLoggedIn({
      protocol: { backchannelLogoutUri: 'http://127.0.0.1:1/back' },
    })
    const page = await endSession(party, { id_token_hint: idToken, post_logout_redirect_uri: bye, state: 'x y&z' })
    expect(await readOutcome(party, page)).toEqual({ at: `${bye}?state=x+y%26z`, signedIn: false })
    await expectRefusal(oidc.refreshTokenGrant(party.configuration, tokens.refresh_token ?? ''), 'invalid_grant')
    expect(host.events.filter(({ event }) => event === 'signed_out')).toEqual([
      { event: 'signed_out', accountId: party.person.account.id },
    ])
    await host.pocket[Symbol.asyncDispose]()
    expect(await host.stores.logoutNotices.claimDue(host.clock.now() + day, 0, 10)).toMatchObject([
      { clientId: party.client.id, accountId: party.person.account.id },
    ])
  })

  test('accepts an ID token that expired a year ago', async () => {
    const { host, party, idToken } = await startLoggedIn({}, { options: { sessionLifetime: async () => yearLong } })
    host.clock.pass(364 * day)
    expect((await endSession(party, { id_token_hint: idToken })).location).toBe(bye)
  })

  test('accepts an ID token that was signed with a retired key or a previous algorithm', async () => {
    const keySchedule = { signingPeriod: 0, announcementPeriod: 0, verificationPeriod: day }
    const { host, party, idToken } = await startLoggedIn({}, { options: { signingKeys: { schedule: keySchedule } } })
    await host.pocket.rotateKeys()
    const client = await host.pocket.clients.find(party.client.id)
    if (!client) throw new Error('The client no longer exists.')
    const protocol = { ...client.protocol, idTokenSignedResponseAlg: 'ES256' } as const
    await host.pocket.clients.update(client.id, { ...client, protocol })
    const page = await endSession(party, { id_token_hint: idToken, client_id: client.id })
    expect(await readOutcome(party, page)).toEqual({ at: bye, signedIn: false })
  })

  test('accepts a pairwise subject', async () => {
    const { party, idToken, claims } = await startLoggedIn({ protocol: { subjectType: 'pairwise' } })
    expect(claims.sub).not.toBe(party.person.account.id)
    expect((await endSession(party, { id_token_hint: idToken })).location).toBe(bye)
  })

  test('signs out only the account of the ID token if it is not the active one', async () => {
    const { host, party, idToken } = await startLoggedIn()
    const other = { ...party, person: await host.person('bob') }
    await logIn(other, { prompt: 'login' })
    const page = await endSession(party, { id_token_hint: idToken })
    expect(await readOutcome(party, page)).toEqual({ at: bye, signedIn: true })
    expect((await endSession(party, { id_token_hint: idToken })).status).toBe(200)
  })
})

const yearLong = { length: 365 * 86_400, idle: 0 }

describe('redirect after logout', () => {
  test.each([
    [
      'goes to the first URI without a wildcard',
      ['https://*.example/x', 'app.example:/bye', bye],
      {},
      'app.example:/bye',
    ],
    ['goes to the requested URI', ['https://first.example/', bye], { post_logout_redirect_uri: bye }, bye],
    ['goes to the first URI if the requested one is empty', [bye], { post_logout_redirect_uri: '' }, bye],
    ['returns the state', ['app.example:///bye'], { state: 's' }, 'app.example:///bye?state=s'],
    ['shows our page if no URI is registered', [], { ui_locales: 'da' }, 'signed-out'],
    ['shows our page if all URIs have wildcards', ['https://*.example/x'], {}, 'signed-out'],
  ])('%s', async (_what, postLogoutRedirectUris, parameters, at) => {
    const { party, idToken } = await startLoggedIn({ client: { postLogoutRedirectUris } })
    const page = await endSession(party, { id_token_hint: idToken, ...parameters })
    expect(await readOutcome(party, page)).toEqual({ at, signedIn: false })
    if (at === 'signed-out') {
      expect(viewOf(page)).toMatchObject({ client: { id: party.client.id } })
      expect(viewOf(page).languages).toEqual('ui_locales' in parameters ? ['da'] : [])
    }
  })

  test.each(['public', 'pairwise'] as const)('is the same without a session: %s', async (subjectType) => {
    const { host, party, idToken, tokens } = await startLoggedIn({ protocol: { subjectType } })
    host.clock.pass(2000)
    const later = await logIn({ ...party, agent: new UserAgent() })
    const otherBrowser = { ...party, agent: new UserAgent() }
    const page = await endSession(otherBrowser, { id_token_hint: idToken, state: 's' })
    expect([page.location, page.headers.get('set-cookie')]).toEqual([`${bye}?state=s`, null])
    // The tokens of that sign-in are revoked, and no others.
    const refresh = (token = '') => oidc.refreshTokenGrant(party.configuration, token)
    await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(later.tokens.refresh_token)).toHaveProperty('access_token')
    expect(host.events.filter(({ event }) => event === 'token_revoked')).toMatchObject([
      { clientId: party.client.id, accountId: party.person.account.id },
    ])
  })

  test.each<[string, (clientId: string) => Parameters, string]>([
    ['no client is named', () => ({ state: 's' }), 'signed-out'],
    ['a client is named without a URI', (id) => ({ client_id: id, state: 's' }), 'signed-out'],
    [
      'a client is named with a registered URI',
      (id) => ({ client_id: id, post_logout_redirect_uri: bye, state: 's' }),
      `${bye}?state=s`,
    ],
    ['a URI is sent without a client', () => ({ post_logout_redirect_uri: bye }), 'signed-out'],
    ['an unknown client is named', () => ({ client_id: 'nobody' }), 'signed-out'],
    ['the URI is not registered', (id) => ({ client_id: id, post_logout_redirect_uri: `${bye}/x` }), 'signed-out'],
    ['the hint is wrong', () => ({ id_token_hint: 'a.b.c', post_logout_redirect_uri: bye }), 'signed-out'],
  ])('happens immediately without a session, and %s', async (_who, parameters, at) => {
    const host = await startHost()
    const { client } = await host.client({ postLogoutRedirectUris: [bye] })
    const agent = new UserAgent()
    const url = `${host.issuer}/api/oidc/end-session?${new URLSearchParams(parameters(client.id))}`
    const page = await visit(agent, url)
    expect([page.location ?? viewOf(page).view, page.headers.get('set-cookie')]).toEqual([at, null])
    if (page.location === null) expect(page.status).toBe(200)
  })
})

describe('logout asks for confirmation', () => {
  test('if the ID token belongs to another user', async () => {
    const { host, party, idToken } = await startLoggedIn()
    const victim = { ...party, agent: new UserAgent(), person: await host.person('bob') }
    await logIn(victim)
    const page = await endSession(victim, { id_token_hint: idToken, post_logout_redirect_uri: bye })
    expect(await readOutcome(victim, page)).toEqual({ at: 'sign-out', signedIn: true })
  })

  test('if the client was not used in this session', async () => {
    const { party, idToken } = await startLoggedIn()
    const other = await secondOf({ ...party, agent: new UserAgent() })
    await logIn(other)
    const page = await endSession(other, { id_token_hint: idToken })
    expect(await readOutcome(other, page)).toEqual({ at: 'sign-out', signedIn: true })
  })

  test('if the ID token belongs to another session of the user', async () => {
    const protocol = { backchannelLogoutUri: 'https://app.example/back', backchannelLogoutSessionRequired: true }
    const { party, idToken } = await startLoggedIn({ protocol })
    const other = { ...party, agent: new UserAgent() }
    const { idToken: own } = await logIn(other)
    const page = await endSession(other, { id_token_hint: idToken })
    expect(await readOutcome(other, page)).toEqual({ at: 'sign-out', signedIn: true })
    expect(await readOutcome(other, await endSession(other, { id_token_hint: own }))).toEqual({
      at: bye,
      signedIn: false,
    })
  })

  test.each<[string, Parameters, string]>([
    ['another client is named', { client_id: 'other' }, 'invalid_request'],
    ['the URI is not registered', { post_logout_redirect_uri: 'https://evil.example/' }, 'invalid_request'],
  ])('if %s, and the user stays on the page', async (_what, parameters, code) => {
    const { party, idToken } = await startLoggedIn()
    const page = await endSession(party, { id_token_hint: idToken, ...parameters })
    expect([page.status, viewOf(page)]).toMatchObject([200, { client: null, refused: { code } }])
    expect(await readOutcome(party, page)).toEqual({ at: 'sign-out', signedIn: true })
  })

  test.each<[string, (idToken: string) => Parameters]>([
    ['the hint is not a token', () => ({ id_token_hint: 'x' })],
    ['another client is named', (idToken) => ({ id_token_hint: idToken, client_id: 'other' })],
    [
      'the URL is not registered',
      (idToken) => ({ id_token_hint: idToken, post_logout_redirect_uri: evil, state: evil }),
    ],
  ])('on the sign-out page of the host, if there is one and %s', async (_what, parametersOf) => {
    const { host, party, idToken } = await startLoggedIn(
      {},
      { options: { pages: { render: renderAsJson, signOutUrl: '/logout' } } },
    )
    const parameters = new URLSearchParams(parametersOf(idToken))
    const url = `${host.issuer}/api/oidc/end-session`
    const redirect = { status: 303, location: `${host.issuer}/logout` }
    const response = await party.agent.get(`${url}?${parameters}`)
    expect(response).toMatchObject(redirect)
    expect(await readOutcome(party, response)).toMatchObject({ signedIn: true })
    expect(await new UserAgent().get(`${url}?${parameters}`)).toMatchObject(redirect)
    const headers = { accept: 'application/json' }
    expect(await party.agent.get(`${url}?${parameters}`, { headers })).toMatchObject(redirect)
  })

  test('if the hint is another token that the provider signed', async () => {
    const { host, party, tokens } = await startLoggedIn({ protocol: { userinfoSignedResponseAlg: 'RS256' } })
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const userInfo = await (await fetch(`${host.issuer}/api/oidc/userinfo`, { headers })).text()
    expect(decodeJwt(userInfo)).toMatchObject({ aud: party.client.id, sub: party.person.account.id })
    const page = await endSession(party, { id_token_hint: userInfo })
    expect(await readOutcome(party, page)).toEqual({ at: 'sign-out', signedIn: true })
  })

  test('if a parameter is repeated', async () => {
    const { host, party, idToken } = await startLoggedIn()
    const page = await party.agent.get(
      `${host.issuer}/api/oidc/end-session?id_token_hint=${idToken}&state=a&state=b&post_logout_redirect_uri=${bye}`,
    )
    expect(await readOutcome(party, page)).toEqual({ at: 'sign-out', signedIn: true })
  })

  test('if the client is unknown', async () => {
    const { party } = await startLoggedIn()
    const page = await endSession(party, { client_id: 'nobody' })
    expect(await readOutcome(party, page)).toEqual({ at: 'sign-out', signedIn: true })
  })
})
