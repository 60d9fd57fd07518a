import { createHash, randomBytes } from 'node:crypto'
import { expect, jest, test } from '@jest/globals'
import type {
  AuthorizationDetailsTypes,
  ClientProtocolInput,
  PendingDeviceAuthorization,
  PocketOptions,
} from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { decodeJwt } from 'jose'
import * as oidc from 'openid-client'
import { MasterKey } from '../../src/master-key.ts'
import { accessToApi } from './api-fixture.ts'
import { type Host, minute, second, signIn, startHost, withRoutes } from './host.ts'
import { authorizationUrl, expectRefusal, login, redirectUri, relyingParty } from './login.ts'
import { sendForm, verifyJwt } from './requests.ts'
import { stopTime } from './stop-time.ts'

const resource = 'https://bank.example'
const types: AuthorizationDetailsTypes = {
  payment: {
    validate: (detail) => (typeof detail.amount === 'number' ? undefined : 'no amount'),
    describe: (detail) => `Pay ${detail.amount} €`,
  },
}
const paymentDetails = (amount: number) => [{ type: 'payment', amount }]

/** A host on which users decide about devices. */
const startDeviceHost = (options: Partial<PocketOptions> = {}) =>
  startHost({
    options,
    mount: withRoutes(({ deviceAuthorizations: { find, approve, deny } }, req, res, query) => ({
      '/find': () => find(req, res, query('code')),
      '/approve': () => approve(req, res, { code: query('code') }),
      '/deny': () => deny(req, res, query('code')),
    })),
  })

/** A client, and a signed-in user who can approve the request. */
async function createFixture(host: Host, protocol: ClientProtocolInput = {}) {
  const { client, secret, configuration } = await relyingParty(host, { protocol })
  const person = await host.person('ada')
  const agent = new UserAgent()
  const { client: other } = await host.client({ redirectUris: [redirectUri], skipConsent: true })
  const page = await agent.follow(await agent.get(authorizationUrl(host, other.id)))
  await signIn(agent, page, person.authenticator)
  /** Returns the result, or the code of the error. */
  const decide = async (what: 'find' | 'approve' | 'deny', code: string) => {
    const response = await agent.get(`${host.issuer}/${what}?${new URLSearchParams({ code })}`)
    return response.status === 200 ? response.json() : response.text
  }
  const requestDeviceCode = (fields: Readonly<Record<string, string>>) =>
    oidc.initiateDeviceAuthorization(configuration, fields)
  const poll = async (deviceCode: string, fields: Readonly<Record<string, string>> = {}) => {
    const response = await sendForm(host, 'token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: client.id,
      client_secret: secret,
      device_code: deviceCode,
      ...fields,
    })
    return (await response.json()) as Readonly<Record<string, unknown>>
  }
  return { client, configuration, person, decide, requestDeviceCode, poll }
}

test('issues the approved authorization details for the API that the device requested, and no others', async () => {
  await using host = await startDeviceHost({ protocol: { authorizationDetailsTypes: types } })
  const { client, configuration, person, decide, requestDeviceCode, poll } = await createFixture(host, {
    authorizationDetailsTypes: ['payment'],
  })
  const { id } = await host.pocket.apis.create({ name: 'Bank', resource, accessTokenFormat: 'opaque' })
  const api = await host.pocket.apis.setPermissions(id, [{ key: 'pay', name: 'Pay' }])
  await host.pocket.apis.setGrant(api.id, client.id, accessToApi(api, ['pay']))
  const fields = { scope: 'openid email pay', resource, authorization_details: JSON.stringify(paymentDetails(10)) }
  for (const wrong of [[{ type: 'payment' }], [{ type: 'unknown' }], 'no list'])
    await expectRefusal(
      requestDeviceCode({ ...fields, authorization_details: JSON.stringify(wrong) }),
      'invalid_authorization_details',
    )
  const { user_code: userCode, device_code: deviceCode } = await requestDeviceCode(fields)
  const shown = (await decide('find', userCode)) as PendingDeviceAuthorization
  expect(shown).toMatchObject({
    scopes: ['openid', 'email', 'pay'],
    apis: [{ name: 'Bank', permissions: [{ key: 'pay' }] }],
    authorizationDetails: [{ type: 'payment', description: 'Pay 10 €' }],
    consentRequired: true,
  })
  expect(await decide('approve', userCode)).toBeNull()
  const tokens = await poll(deviceCode)
  expect(tokens).toMatchObject({ authorization_details: paymentDetails(10), scope: 'openid email pay' })
  expect(decodeJwt(String(tokens.id_token))).toMatchObject({ sub: person.account.id, email: person.account.email })
  const accessToken = String(tokens.access_token)
  expect(await oidc.tokenIntrospection(configuration, accessToken)).toMatchObject({
    authorization_details: paymentDetails(10),
    aud: [resource, host.issuer],
    scope: 'openid email pay',
  })
  expect(await oidc.fetchUserInfo(configuration, accessToken, person.account.id)).toMatchObject({
    email: person.account.email,
  })
  const more = { resource, authorization_details: JSON.stringify(paymentDetails(1000)) }
  await expectRefusal(
    oidc.refreshTokenGrant(configuration, String(tokens.refresh_token), more),
    'invalid_authorization_details',
  )
  const again = await requestDeviceCode(fields)
  expect(await decide('find', again.user_code)).toMatchObject({ consentRequired: true })
  expect(await decide('approve', again.user_code)).toBeNull()
  expect(await poll(again.device_code, more)).toMatchObject({ error: 'invalid_authorization_details' })
  expect(host.errors).toEqual([])
})

test('accepts a device code for one client and one decision within 15 minutes', async () => {
  using _ = stopTime()
  await using host = await startDeviceHost()
  const { decide, requestDeviceCode, poll } = await createFixture(host)
  const first = await requestDeviceCode({ scope: 'openid' })
  expect(await decide('find', 'E0000000')).toBe('oidc_invalid_device_code')
  const { client: thief, secret } = await host.client({ redirectUris: [redirectUri] })
  expect(await poll(first.device_code, { client_id: thief.id, client_secret: secret })).toMatchObject({
    error: 'invalid_grant',
  })
  expect(await poll(first.device_code, { client_secret: 'wrong' })).toMatchObject({ error: 'invalid_client' })
  host.clock.pass(6 * second)
  expect(await poll(first.device_code)).toMatchObject({ error: 'authorization_pending' })
  expect(await poll(first.device_code)).toMatchObject({ error: 'slow_down' })
  host.clock.pass(6 * second)
  expect(await poll(first.device_code)).toMatchObject({ error: 'authorization_pending' })
  expect(await decide('deny', first.user_code)).toBeNull()
  for (const late of ['approve', 'deny'] as const)
    expect(await decide(late, first.user_code)).toBe('oidc_device_code_used')
  expect(await poll(first.device_code)).toMatchObject({ error: 'access_denied' })
  expect(await poll(first.device_code)).toMatchObject({ error: 'invalid_grant' })

  const last = await requestDeviceCode({ scope: 'openid' })
  host.clock.pass(15 * minute + second)
  expect(await decide('approve', last.user_code)).toBe('oidc_device_code_expired')
  expect(host.errors).toEqual([])
})

test('issues the same pairwise subject on a device if the client has a sector', async () => {
  await using host = await startDeviceHost()
  const { configuration, person, decide, requestDeviceCode, poll } = await createFixture(host, {
    subjectType: 'pairwise',
  })
  const { finish } = await login(host, configuration, {}, { person })
  const subject = (await finish()).claims()?.sub ?? ''
  expect(subject).not.toBe(person.account.id)
  const { user_code: userCode, device_code: deviceCode } = await requestDeviceCode({ scope: 'openid' })
  expect(await decide('approve', userCode)).toBeNull()
  const tokens = await poll(deviceCode)
  expect(decodeJwt(String(tokens.id_token)).sub).toBe(subject)
  const accessToken = String(tokens.access_token)
  expect(await oidc.fetchUserInfo(configuration, accessToken, subject)).toMatchObject({ sub: subject })
  expect(await oidc.tokenIntrospection(configuration, accessToken)).toMatchObject({ sub: subject, username: subject })
  await oidc.tokenRevocation(configuration, String(tokens.refresh_token))
  expect(await oidc.tokenIntrospection(configuration, accessToken)).toEqual({ active: false })
  const { configuration: noOrigin } = await relyingParty(host, {
    client: { redirectUris: [] },
    protocol: { subjectType: 'pairwise' },
  })
  await expectRefusal(oidc.initiateDeviceAuthorization(noOrigin, { scope: 'openid' }), 'invalid_request')
  expect(host.errors).toEqual([])
})

test('issues a JWT access token to a device if the client is configured for JWTs', async () => {
  await using host = await startDeviceHost()
  const { client, configuration, person, decide, requestDeviceCode, poll } = await createFixture(host, {
    jwtAccessTokens: true,
  })
  const { user_code: userCode, device_code: deviceCode } = await requestDeviceCode({ scope: 'openid profile' })
  expect(await decide('approve', userCode)).toBeNull()
  const token = String((await poll(deviceCode)).access_token)
  const { payload } = await verifyJwt(host, token, { audience: client.id, typ: 'at+jwt' })
  expect(payload).toMatchObject({ sub: person.account.id, client_id: client.id, scope: 'openid profile' })
  expect(await oidc.fetchUserInfo(configuration, token, person.account.id)).toMatchObject({ sub: person.account.id })
})

test('keeps the authentication time of the device in a refreshed ID token', async () => {
  await using host = await startDeviceHost()
  const { configuration, decide, requestDeviceCode, poll } = await createFixture(host)
  const { user_code: userCode, device_code: deviceCode } = await requestDeviceCode({ scope: 'openid' })
  const { now } = Date
  const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 7 * second)
  try {
    expect(await decide('approve', userCode)).toBeNull()
    const tokens = await poll(deviceCode)
    const { rat, iat } = decodeJwt(String(tokens.id_token))
    expect(rat).toBeLessThanOrEqual(Number(iat) - 7)
    const again = await oidc.refreshTokenGrant(configuration, String(tokens.refresh_token))
    expect(again.claims()).toMatchObject({ rat })
  } finally {
    later.mockRestore()
  }
})

test('keeps the device waiting if a host hook rejects the approval', async () => {
  let refused = true
  const allowClient = () => (refused ? { refuse: 'Not yet.' } : undefined)
  await using host = await startDeviceHost({ hooks: { before: { allowClient } } })
  const { client, person, decide, requestDeviceCode, poll } = await createFixture(host)
  const { user_code: userCode, device_code: deviceCode } = await requestDeviceCode({ scope: 'openid' })
  expect(await decide('approve', userCode)).toBe('forbidden')
  expect(await host.stores.consents.find(person.account.id, client.id)).toBeUndefined()
  refused = false
  expect(await decide('approve', userCode)).toBeNull()
  expect(await poll(deviceCode)).toHaveProperty('id_token')
})

test('rejects the device if the session of the user ends before its token request', async () => {
  let accountId = ''
  const allowClient = async () => {
    await host.pocket.endAccess(accountId)
    return undefined
  }
  await using host = await startDeviceHost({ hooks: { before: { allowClient } } })
  const { client, person, decide, requestDeviceCode, poll } = await createFixture(host)
  accountId = person.account.id
  const { user_code, device_code } = await requestDeviceCode({ scope: 'openid' })
  expect(await decide('approve', user_code)).toBe('not_signed_in')
  expect(await poll(device_code)).toMatchObject({ error: 'authorization_pending' })
  expect(await host.stores.artifacts.listByAccount('Grant', accountId)).toEqual([])
  expect(await host.stores.consents.find(accountId, client.id)).toBeUndefined()
})

test('stores a user code as a keyed hash that the database alone cannot reverse', async () => {
  await using host = await startHost()
  const { configuration } = await relyingParty(host)
  const { artifacts } = host.stores
  const upsert = artifacts.upsert.bind(artifacts)
  const hashes = new Set<string>()
  artifacts.upsert = (artifact) => {
    if (artifact.userCodeHash !== null) hashes.add(artifact.userCodeHash)
    return upsert(artifact)
  }
  const { user_code: userCode } = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid' })
  expect(hashes).toContain(MasterKey.from('a master key that is long enough').mac('user code', userCode))
  expect(hashes).not.toContain(createHash('sha256').update(userCode).digest('base64url'))
})

test.each([
  ['device/authorize', 12],
  ['par', 16],
])(
  'limits the stored requests of a network’s public clients to %s to %i, or to four times as many small ones',
  async (path, max) => {
    await using host = await startHost()
    const { client } = await host.client({ redirectUris: [redirectUri], isPublic: true })
    const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
    const request = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', ...pkce }
    const start = async (extra: Readonly<Record<string, string>> = {}) => {
      return (await sendForm(host, path, { ...request, state: 's'.repeat(100), nonce: 'n'.repeat(100), ...extra }))
        .status
    }
    const claimsParameter = (value: string) => ({ claims: JSON.stringify({ userinfo: { email: { value } } }) })
    // Too long for a `request_uri`.
    const large = claimsParameter(randomBytes(6000).toString('base64url'))
    const isStarted = async (count: number, extra?: typeof large) => {
      const statuses = new Set<number>()
      for (let started = 0; started < count; started++) statuses.add(await start(extra))
      return [...statuses].join() === String(path === 'par' ? 201 : 200)
    }
    expect(await isStarted(max, large)).toBe(true)
    expect(await start(large)).toBe(429)
    expect(await isStarted(3 * max)).toBe(true)
    // The `request_uri` of a pushed request carries it; a user code cannot.
    expect(await start()).toBe(path === 'par' ? 201 : 429)
    expect(await start(large)).toBe(429)
    host.clock.pass(20 * 60_000)
    expect(await isStarted(1, large)).toBe(true)
    expect(host.errors).toEqual([])
  },
)
