import { describe, expect, test } from '@jest/globals'
import type { ConnectionAttempt } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { exportJWK, generateKeyPair } from 'jose'
import type { ConnectionLogStore } from '../../src/connection-log/connection-attempt.ts'
import { createConnectionLog } from '../../src/connection-log/connection-log.ts'
import { MasterKey } from '../../src/master-key.ts'
import { createTrialMarks, trialHeader } from '../../src/oidc/client-trial/trial-mark.ts'
import { signJwt } from './client-jwts.ts'
import { decide, freshHost, type Host, openBrowser, signIn } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

const host = freshHost()

function exchange(host: Host, form: Record<string, string>, authorization: string) {
  const fields = { grant_type: 'authorization_code', redirect_uri: redirectUri, ...form }
  return sendForm(host, 'token', fields, { authorization })
}

const basicHeader = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

const attempt = {
  clientId: 'nas',
  endpoint: 'authorization',
  accountId: null,
  parameters: {},
  ignoredParameters: [],
  clientAuthentication: null,
  pkce: false,
  redirectUri: null,
  succeeded: false,
  error: 'login_required',
  reason: null,
  ipAddress: null,
} as const

describe('connection log of a client', () => {
  test('records each attempt with its result, and no credentials', async () => {
    const { client, secret } = await host.client({ redirectUris: [redirectUri] })
    const { account, authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const state = 'state-that-is-not-kept'
    const page = await agent.follow(await agent.get(authorizationUrl(host, client.id, { state })))
    const end = await decide(agent, await signIn(agent, page, authenticator))
    const code = new URL(end.location ?? end.url).searchParams.get('code') ?? ''
    expect((await exchange(host, { code, client_assertion_typo: 'x' }, basicHeader(client.id, secret))).status).toBe(
      200,
    )
    expect((await exchange(host, { code }, basicHeader(client.id, secret))).status).toBe(400)
    expect((await exchange(host, { code }, basicHeader(client.id, 'wrong'))).status).toBe(401)

    const log = await host.pocket.connectionLog.list(client.id)
    const token = { endpoint: 'token', clientAuthentication: 'client_secret_basic', redirectUri, pkce: false }
    expect(log).toMatchObject([
      { ...token, succeeded: false, error: 'invalid_client', reason: expect.stringContaining('secret') },
      { ...token, succeeded: false, error: 'invalid_grant' },
      { ...token, succeeded: true, error: null, reason: null, accountId: account.id },
      {
        endpoint: 'authorization',
        succeeded: true,
        accountId: account.id,
        redirectUri,
        clientAuthentication: null,
        parameters: { client_id: client.id, scope: 'openid', state: '(hidden)', response_type: 'code' },
      },
    ])
    expect(log[2]?.parameters).toMatchObject({ code: '(hidden)', grant_type: 'authorization_code' })
    const text = JSON.stringify(log)
    for (const hidden of [code, secret, state]) expect(text).not.toContain(hidden)
    expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).sort((left, right) => right - left))
  })

  test('records the client authentication method and the use of PKCE, and no client secrets', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const redirectUris = [redirectUri]
    const { client, secret } = await host.client({ redirectUris })
    const { client: open } = await host.client({ redirectUris, isPublic: true })
    const jwks = { keys: [await exportJWK(publicKey)] }
    const protocol = { tokenEndpointAuthMethod: 'private_key_jwt', jwks } as const
    const { client: signing } = await host.client({ redirectUris, protocol })
    const claims = { iss: signing.id, sub: signing.id, aud: host.issuer }
    const assertion = await signJwt(privateKey, { alg: 'ES256' }, claims)
    const secrets = {
      code: 'the-code',
      code_verifier: 'v'.repeat(43),
      refresh_token: 'the-token',
      device_code: 'device',
    }
    const challenge = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' }
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    for (const [id, credentials, method] of [
      [client.id, { client_id: client.id, client_secret: secret }, 'client_secret_post'],
      [open.id, { client_id: open.id }, 'none'],
      [signing.id, { client_assertion: assertion, client_assertion_type: type }, 'private_key_jwt'],
    ] as const) {
      const body = { grant_type: 'authorization_code', redirect_uri: redirectUri, ...secrets, ...credentials }
      await sendForm(host, 'token', body)
      const hints = { id_token_hint: 'h.i.nt', nonce: 'the-nonce', prompt: 'none' }
      await fetch(authorizationUrl(host, id, { ...challenge, ...hints }), { redirect: 'manual' })
      const log = await host.pocket.connectionLog.list(id)
      expect(log).toMatchObject([
        { endpoint: 'authorization', pkce: true, clientAuthentication: null },
        { endpoint: 'token', pkce: true, clientAuthentication: method, error: 'invalid_grant' },
      ])
      const text = JSON.stringify(log)
      for (const kept of [
        ...Object.values(secrets),
        secret,
        assertion,
        challenge.code_challenge,
        'h.i.nt',
        'the-nonce',
      ])
        expect([kept, text.includes(`"${kept}"`)]).toEqual([kept, false])
    }
  })

  test('excludes the requests of a client test, which receive the reason of a rejection', async () => {
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const mark = createTrialMarks(MasterKey.from('a master key that is long enough'), host.clock)
    const request = async (headers: Record<string, string>, id = client.id) =>
      (await fetch(authorizationUrl(host, id, { redirect_uri: 'https://other.example' }), { headers })).headers.get(
        trialHeader,
      )
    host.events.length = 0
    expect(await request({ [trialHeader]: mark.create(client.id) })).toContain('redirect_uri')
    expect(await host.pocket.connectionLog.list(client.id)).toEqual([])
    expect(host.events).toEqual([])
    // Marks of other clients, expired ones and forged ones hide nothing.
    const expired = createTrialMarks(MasterKey.from('a master key that is long enough'), {
      now: () => host.clock.now() - 61_000,
    })
    const forged = createTrialMarks(MasterKey.from('another master key, equally long'), host.clock)
    for (const value of [mark.create('other'), expired.create(client.id), forged.create(client.id), '', 'x.y'])
      expect(await request({ [trialHeader]: value })).toBeNull()
    expect(await host.pocket.connectionLog.list(client.id)).toHaveLength(5)
    expect(host.events).toHaveLength(5)
  })

  test('includes pushed requests, devices and refreshes, and the user of a code or token', async () => {
    const { client, secret } = await host.client({ redirectUris: [redirectUri], skipConsent: true })
    const { account, authenticator } = await host.person('ada')
    const { agent, page } = await openBrowser(authorizationUrl(host, client.id))
    const end = await signIn(agent, page, authenticator)
    const code = new URL(end.location ?? '').searchParams.get('code') ?? ''
    const authorization = basicHeader(client.id, secret)
    const post = (endpoint: string, form: Record<string, string>) => sendForm(host, endpoint, form, { authorization })
    expect((await exchange(host, { code, redirect_uri: 'https://other.example' }, authorization)).status).toBe(400)
    const { refresh_token = '' } = (await (await exchange(host, { code }, authorization)).json()) as {
      refresh_token?: string
    }
    const refresh = { grant_type: 'refresh_token', refresh_token }
    for (const form of [refresh, { ...refresh, scope: 'openid email' }]) await post('token', form)
    await post('par', { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' })
    await post('device/authorize', { scope: 'openid' })
    const log = await host.pocket.connectionLog.list(client.id)
    const seen = log.map(({ endpoint, succeeded, accountId }) => [endpoint, succeeded, accountId])
    expect(seen).toEqual([
      ['device_authorization', true, null],
      ['pushed_authorization_request', true, null],
      ['token', false, account.id],
      ['token', true, account.id],
      ['token', true, account.id],
      ['token', false, account.id],
      ['authorization', true, account.id],
    ])
  })

  test('includes the reason of a rejection, with the value that the client sent', async () => {
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const refused = await fetch(authorizationUrl(host, client.id, { redirect_uri: `${redirectUri}/other` }))
    expect(refused.status).toBe(400)
    await fetch(authorizationUrl(host, client.id, { prompt: 'none', access_type: 'x' }), { redirect: 'manual' })
    await fetch(authorizationUrl(host, 'nobody'))
    expect(await host.pocket.connectionLog.list(client.id)).toMatchObject([
      {
        error: 'login_required',
        accountId: null,
        parameters: { prompt: 'none' },
        ignoredParameters: ['access_type'],
        requestId: expect.stringMatching(/./),
        ipAddress: expect.stringMatching(/127\.0\.0\.1$|^::1$/),
      },
      { error: 'invalid_redirect_uri', redirectUri: `${redirectUri}/other`, reason: expect.any(String) },
    ])
    expect(await host.pocket.connectionLog.list('nobody')).toEqual([])
  })

  test('is bounded for any input', async () => {
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const long = { login_hint: 'x'.repeat(5000), prompt: 'none' }
    for (let attempts = 0; attempts < 60; attempts++)
      await fetch(authorizationUrl(host, client.id, { ...long, ui_locales: String(attempts) }), { redirect: 'manual' })
    const log = await host.pocket.connectionLog.list(client.id)
    expect(log).toHaveLength(50)
    expect(log[0]?.parameters.ui_locales).toBe('59')
    expect(log[0]?.parameters.login_hint?.length).toBe(500)
  })

  test('keeps existing entries during a flood of unauthenticated requests, with few statements', async () => {
    const { client, secret } = await host.client({ redirectUris: [redirectUri] })
    const { client: other } = await host.client({ redirectUris: [redirectUri] })
    const inserted: number[] = []
    const { insert } = host.stores.connectionLog
    const gate = Promise.withResolvers<void>()
    const real = (await exchange(host, { grant_type: 'client_credentials' }, basicHeader(client.id, secret))).status
    expect(real).toBe(200)
    expect((await exchange(host, { code: 'old' }, basicHeader(client.id, secret))).status).toBe(400)
    await host.pocket.connectionLog.list(client.id)
    host.stores.connectionLog.insert = async (attempts, limit) => {
      inserted.push(attempts.length)
      await gate.promise
      return insert.call(host.stores.connectionLog, attempts, limit)
    }
    const otherUserAttempts = (id: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          index % 2
            ? fetch(authorizationUrl(host, id, { prompt: 'none' }), { redirect: 'manual' })
            : exchange(host, { code: 'guess' }, basicHeader(id, 'wrong')),
        ),
      )
    await otherUserAttempts(client.id, 200)
    expect((await exchange(host, { code: 'older' }, basicHeader(client.id, secret))).status).toBe(400)
    await otherUserAttempts('nobody', 100)
    await otherUserAttempts(other.id, 20)
    gate.resolve()
    const log = await host.pocket.connectionLog.list(client.id)
    expect(log).toHaveLength(50)
    expect(log.filter(({ unauthenticatedNetwork: otherUser }) => otherUser === null)).toMatchObject([
      { error: 'invalid_grant', clientAuthentication: 'client_secret_basic' },
      { error: 'invalid_grant' },
      { succeeded: true },
    ])
    expect(await host.pocket.connectionLog.list(other.id)).toHaveLength(20)
    expect(inserted).toEqual([expect.any(Number), expect.any(Number)])
    expect(inserted[1]).toBeLessThanOrEqual(221)
  })

  test('drops unauthenticated entries first while it cannot be written', async () => {
    const gate = Promise.withResolvers<void>()
    const written: ConnectionAttempt[][] = []
    const store: ConnectionLogStore = {
      async insert(attempts) {
        written.push([...attempts])
        await gate.promise
      },
      list: async () => [],
      latest: async () => [],
      removeByAccount: async () => {},
      renameClient: async () => {},
    }
    const log = createConnectionLog(store, { now: () => 0 }, () => {})
    const recordAttempt = (otherUser: string | null, requestId: string) =>
      log.record({ ...attempt, unauthenticatedNetwork: otherUser, requestId })
    recordAttempt(null, 'first')
    const idle = log.whenIdle()
    recordAttempt(null, 'known')
    recordAttempt('198.51.100.7', 'somebody')
    for (let index = 0; index < 5000; index++) recordAttempt('192.0.2.1', 'flood')
    gate.resolve()
    await idle
    expect(written).toHaveLength(2)
    expect(written[1]?.length).toBe(501)
    expect(written[1]?.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(['known', 'somebody']))
  })

  test('a log that cannot be written delays no request', async () => {
    const { client, secret } = await host.client({ redirectUris: [redirectUri] })
    host.stores.connectionLog.insert = async () => {
      throw new Error('the database went away')
    }
    const response = await exchange(host, { grant_type: 'client_credentials' }, basicHeader(client.id, secret))
    expect(response.status).toBe(200)
    expect(await host.pocket.connectionLog.list(client.id)).toEqual([])
    expect(host.errors.splice(0)).toHaveLength(1)
  })
})
