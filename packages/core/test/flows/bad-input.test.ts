import { beforeEach, describe, expect, test } from '@jest/globals'
import { defaultPasskeyPolicy } from '@pocket/core'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { createFixtureWithCode, requestToken, startSignIn } from './bad-input-fixture.ts'
import { answerCeremony, minute, shareHost, startHost, viewOf } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { cookieHeader } from './requests.ts'

const host = shareHost()
beforeEach(() => void host.events.splice(0))

describe('passkey response', () => {
  test.each([
    ['another origin', { origin: 'https://evil.example' }, 'passkey_rejected'],
    ['another port of the same host', { origin: 'http://localhost:1' }, 'passkey_rejected'],
    ['another RP ID', { rpId: 'evil.example' }, 'passkey_rejected'],
    ['a challenge that was not issued', { challenge: 'AAAA' }, 'challenge_expired'],
    ['no user presence', { userPresent: false }, 'passkey_rejected'],
    ['no user verification', { userVerified: false }, 'passkey_user_verification_required'],
    ['a changed signature', { tamperedSignature: true }, 'passkey_rejected'],
    ['the user handle of another user', { userHandle: 'bm9ib2R5' }, 'passkey_rejected'],
    ['no user handle', { userHandle: null }, 'passkey_rejected'],
  ])('with %s is rejected without a sign-in', async (_name, misbehavior, code) => {
    const { agent, page, authenticator } = await startSignIn(host)
    const response = await answerCeremony(agent, page, authenticator, misbehavior)
    expect(response.status).toBe(400)
    expect(response.json()).toMatchObject({ code, request_id: response.headers.get('x-request-id') })
    expect(host.events).toMatchObject([{ event: 'sign_in_failed', code }])
    expect(agent.cookies().some(({ name }) => name === 'access_token')).toBe(false)
  })

  test('from another browser is rejected, even with the interaction ID', async () => {
    const { agent, page, authenticator } = await startSignIn(host)
    const view = viewOf(page, 'sign-in')
    const response = authenticator.get(view.ceremony.options, { origin: host.issuer })
    const attacker = new UserAgent()
    const stolen = cookieHeader(agent, ({ name }) => name.startsWith('interaction'))
    const result = await attacker.postJson(
      `${host.issuer}${view.ceremony.submitTo}`,
      { response },
      { headers: { cookie: stolen } },
    )
    expect([result.status, result.json()]).toMatchObject([400, { code: 'challenge_expired' }])
  })

  test('is rejected after ten minutes, and the page can fetch a new challenge', async () => {
    const { agent, page, authenticator } = await startSignIn(host)
    host.clock.pass(11 * minute)
    expect((await answerCeremony(agent, page, authenticator)).json()).toMatchObject({ code: 'challenge_expired' })
    const fresh = (await agent.getJson(`${page.url}/ceremony`)).json() as {
      options: Parameters<SoftwareAuthenticator['get']>[0]
      submitTo: string
    }
    const response = authenticator.get(fresh.options, { origin: host.issuer })
    expect((await agent.postJson(`${host.issuer}${fresh.submitTo}`, { response })).status).toBe(200)
  })

  test('of an unknown passkey is rejected', async () => {
    const { agent, page } = await startSignIn(host)
    const otherUser = new SoftwareAuthenticator()
    otherUser.create(
      {
        rp: { id: 'localhost', name: '' },
        user: { id: 'eA', name: '', displayName: '' },
        challenge: 'AAAA',
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      },
      { origin: host.issuer },
    )
    expect((await answerCeremony(agent, page, otherUser)).json()).toMatchObject({ code: 'passkey_unknown' })
  })

  test.each([
    ['no JSON', 'application/json', '{', 400],
    ['a form', 'application/x-www-form-urlencoded', 'response=1', 400],
    ['nothing in it', 'application/json', '{}', 400],
    ['a list', 'application/json', '[]', 400],
    ['a megabyte', 'application/json', JSON.stringify({ response: 'x'.repeat(1_000_000) }), 413],
  ])('that is %s is rejected', async (_name, type, body, status) => {
    const { agent, page } = await startSignIn(host)
    const cookie = cookieHeader(agent)
    const response = await fetch(`${page.url}/login`, {
      method: 'POST',
      headers: { 'content-type': type, cookie, accept: 'application/json' },
      body,
    })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code: expect.any(String) })
  })

  test.each([
    ['another site', { from: 'https://evil.example/' }],
    [
      'a host name rebound to ours',
      { headers: { origin: 'http://rebound.evil.example', 'sec-fetch-site': 'same-origin' } },
    ],
    ['our host, another port', { from: 'http://localhost:1/' }],
  ])('from a page of %s is rejected', async (_name, options) => {
    const { agent, page } = await startSignIn(host)
    const response = await agent.postJson(`${page.url}/login`, { response: {} }, options)
    expect([response.status, response.json()]).toMatchObject([403, { code: 'cross_site_request' }])
  })

  test('with a counter that does not increase signs in and is recorded', async () => {
    const { agent, page, authenticator } = await startSignIn(host)
    expect((await answerCeremony(agent, page, authenticator, { counter: 7 })).status).toBe(200)
    const second = new UserAgent()
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const again = await second.follow(await second.get(authorizationUrl(host, client.id)))
    expect((await answerCeremony(second, again, authenticator, { counter: 7 })).status).toBe(200)
    expect(host.events.map(({ event }) => event)).toContain('passkey_counter_regressed')
  })

  test('with a counter that does not increase is rejected and recorded if the policy requires it', async () => {
    const policy = async () => ({ ...defaultPasskeyPolicy, counterRegression: 'refuse' }) as const
    await using host = await startHost({ options: { passkeys: { policy } } })
    const { agent, page, authenticator } = await startSignIn(host)
    expect((await answerCeremony(agent, page, authenticator, { counter: 7 })).status).toBe(200)
    const second = new UserAgent()
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const again = await second.follow(await second.get(authorizationUrl(host, client.id)))
    const rejected = await answerCeremony(second, again, authenticator, { counter: 7 })
    expect([rejected.status, rejected.json()]).toMatchObject([400, { code: 'passkey_counter_regressed' }])
    expect(host.events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['passkey_counter_regressed', 'sign_in_failed']),
    )
  })
})

describe('authorization code', () => {
  test('is bound to its redirect URI and its client', async () => {
    const { client, secret, code } = await createFixtureWithCode(host)
    const other = await host.client({ redirectUris: [redirectUri] })
    for (const fields of [
      { client_id: client.id, client_secret: secret, redirect_uri: 'https://client.example/other' },
      { client_id: other.client.id, client_secret: other.secret },
    ])
      expect(await (await requestToken(host, { code, ...fields })).json()).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('authorization request', () => {
  test.each([
    [{ client_id: 'unknown' }, 'invalid_client'],
    [{ redirect_uri: 'https://evil.example' }, 'invalid_redirect_uri'],
    [{ redirect_uri: 'http://127.0.0.1:99999/cb' }, 'invalid_redirect_uri'],
    [{ redirect_uri: '' }, 'invalid_request'],
  ])('with %j stops on an error page', async (parameters, code) => {
    const { client } = await host.client({ redirectUris: [redirectUri, 'http://127.0.0.1/cb'] })
    const page = await new UserAgent().get(authorizationUrl(host, client.id, parameters))
    expect(page.status).toBe(400)
    expect(viewOf(page)).toMatchObject({ view: 'error', code, requestId: page.headers.get('x-request-id') })
  })

  test('of an unknown client shows the client ID, unless it reads like a sentence', async () => {
    const authorizationDetails = async (id: string) =>
      Reflect.get(viewOf(await new UserAgent().get(authorizationUrl(host, id))), 'details')
    expect(await authorizationDetails('nextcloud-2')).toEqual({ client: 'nextcloud-2' })
    for (const id of ['Call us at once', 'x'.repeat(201), 'a\u202eb', ''])
      expect(await authorizationDetails(id)).toEqual({})
  })
})
