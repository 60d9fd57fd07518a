import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Client } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { quickOnly, shareBetweenTests } from '@pocket/test-support'
import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { signJwt } from './client-jwts.ts'
import { decide, hour, shareHost, signIn, startHostOver, viewOf, visit } from './host.ts'
import { followAuthorization, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

type Fields = Readonly<Record<string, string>>
type Party = Awaited<ReturnType<typeof relyingParty>>

const parameters = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 'pushed' }

const host = shareHost()
let party: Party
beforeAll(async () => {
  party = await relyingParty(host)
})

async function push(fields: Fields = {}): Promise<readonly [number, Fields]> {
  const credentials = { client_id: party.client.id, client_secret: party.secret }
  const response = await sendForm(host, 'par', { ...credentials, ...parameters, ...fields })
  return [response.status, (await response.json()) as Fields]
}

async function pushRequest(fields?: Fields): Promise<string> {
  const [status, { request_uri: uri = '' }] = await push(fields)
  expect(status).toBe(201)
  return uri
}

function authorizationUrl(fields: Fields): string {
  return `${host.issuer}/authorize?${new URLSearchParams(fields)}`
}

async function readErrorCode(fields: Fields): Promise<string> {
  const agent = new UserAgent()
  const view = viewOf(await visit(agent, authorizationUrl(fields)))
  return view.view === 'error' ? view.code : view.view
}

quickOnly(test)('a pushed request works once, and other parameters of the request are ignored', async () => {
  const request = { client_id: party.client.id, request_uri: await pushRequest() }
  const otherParameters = {
    scope: 'openid email',
    state: 'evil',
    redirect_uri: 'https://evil.example/',
    response_mode: 'fragment',
  }
  const { page } = await followAuthorization(host, authorizationUrl({ ...request, ...otherParameters }))
  const returned = new URL(page.location ?? '')
  expect([returned.origin + returned.pathname, returned.searchParams.get('state')]).toEqual([redirectUri, 'pushed'])
  const tokens = await oidc.authorizationCodeGrant(party.configuration, returned, { expectedState: 'pushed' })
  expect(tokens.scope).toBe('openid')
  expect(await readErrorCode(request)).toBe('invalid_request_uri')
})

quickOnly(test)('a pushed request works only for its client', async () => {
  const { client: another } = await relyingParty(host)
  const uri = await pushRequest()
  expect(await readErrorCode({ client_id: another.id, request_uri: uri })).toBe('invalid_request_object')
  expect(await readErrorCode({ request_uri: uri })).toBe('invalid_request')
  expect(await readErrorCode({ client_id: party.client.id, request_uri: `${uri}x` })).toBe('invalid_request_uri')
})

quickOnly(test).each<[string, Fields, number, string]>([
  ['with a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
  ['with a redirect URI that is not registered', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_request'],
  [
    'with the URI of another request',
    { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
    400,
    'request_uri_not_supported',
  ],
  ['for a token in the front channel', { response_type: 'token' }, 400, 'unsupported_response_type'],
  ['with plain PKCE', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 400, 'invalid_request'],
])('%s is rejected immediately', async (_why, fields, status, error) => {
  expect(await push(fields)).toMatchObject([status, { error }])
})

quickOnly(test)('a client that authenticates in the header or with an assertion may omit client_id', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] }
  const { client } = await host.client({
    redirectUris: [redirectUri],
    protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks },
  })
  const assertionFields = async (iss: string, sub = iss) => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signJwt(privateKey, { alg: 'ES256', kid: 'own' }, { iss, sub, aud: host.issuer }),
  })
  const basicHeader = (secret: string) => ({ authorization: `Basic ${btoa(`${party.client.id}:${secret}`)}` })
  const sendPush = async (fields: Fields, headers: Fields = {}) => {
    const response = await sendForm(host, 'par', { ...parameters, ...fields }, headers)
    return [response.status, (await response.json()) as Fields] as const
  }
  for (const [id, push] of [
    [party.client.id, sendPush({}, basicHeader(party.secret))],
    [client.id, sendPush(await assertionFields(client.id))],
  ] as const) {
    const [status, { request_uri: uri = '' }] = await push
    expect(status).toBe(201)
    expect(await readErrorCode({ client_id: id, request_uri: uri })).toBe('sign-in')
  }
  const refused = [401, { error: 'invalid_client' }]
  expect(await sendPush({}, basicHeader('wrong'))).toMatchObject(refused)
  expect(await sendPush(await assertionFields(client.id, party.client.id))).toMatchObject(refused)
  expect(await sendPush({ client_id: client.id }, basicHeader(party.secret))).toMatchObject([
    400,
    { error: 'invalid_request' },
  ])
  expect(await sendPush({})).toMatchObject([400, { error: 'invalid_request' }])
})

quickOnly(test)('a public client can push without a secret, but with PKCE', async () => {
  const { client } = await relyingParty(host, { client: { isPublic: true }, authentication: oidc.None() })
  const own = { client_id: client.id, client_secret: '' }
  expect(await push(own)).toMatchObject([400, { error: 'invalid_request' }])
  const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
  expect(await push({ ...own, ...challenge })).toMatchObject([201, { request_uri: expect.any(String) }])
})

quickOnly(test).each([0, -5])(
  'a signed request that expires in %i seconds counts toward the limit',
  async (lifetime) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] }
    const { client } = await host.client({ redirectUris: [redirectUri], isPublic: true, protocol: { jwks } })
    const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
    const audience = { iss: client.id, aud: host.issuer, exp: Math.floor(Date.now() / 1000) + lifetime }
    const claims = { client_id: client.id, ...parameters, ...challenge, ...audience }
    const request = await signJwt(privateKey, { alg: 'ES256', kid: 'own' }, claims)
    const insertPending = jest.spyOn(host.stores.artifacts, 'insertPending')
    const { status } = await sendForm(host, 'par', { client_id: client.id, request })
    const areCounted = insertPending.mock.calls.map(([{ expiresAt }, , now]) => (expiresAt ?? 0) > now)
    insertPending.mockRestore()
    expect([status, areCounted]).toEqual([201, [true]])
  },
)

describe.each(Object.entries(storeKinds))('above the limit of pushed requests per network, on %s', (_kind, open) => {
  // Before the host ends, which interrupts its work.
  afterAll(() => expect(host.errors).toEqual([]))
  const host = shareBetweenTests(() => startHostOver(open))
  let client: Client
  let verifier: string
  let challenge: Fields
  beforeAll(async () => {
    client = (await host.client({ redirectUris: [redirectUri], isPublic: true })).client
    verifier = oidc.randomPKCECodeVerifier()
    challenge = {
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
  })
  const pushPublic = async (fields: Fields = {}) => {
    const response = await sendForm(host, 'par', { client_id: client.id, ...parameters, ...challenge, ...fields })
    const { request_uri: uri = '' } = (await response.json()) as Fields
    return { status: response.status, uri }
  }
  /** A `request_uri` that carries its request. */
  const pushRequestObject = async (fields?: Fields) => {
    const { artifacts } = host.stores
    const { insertPending } = artifacts
    artifacts.insertPending = async () => false
    const { status, uri } = await pushPublic(fields)
    artifacts.insertPending = insertPending
    expect([status, uri.includes('.')]).toEqual([201, true])
    return uri
  }
  const pushedRequestUrl = (uri: string, clientId = client.id) =>
    `${host.issuer}/authorize?${new URLSearchParams({ client_id: clientId, request_uri: uri })}`
  const readView = async (url: string, agent = new UserAgent()) => {
    const page = await visit(agent, url)
    if (page.location !== null) return page.location
    const view = viewOf(page)
    return view.view === 'error' ? view.code : view.view
  }

  test('stores no more of them, and returns the others in their request_uri', async () => {
    for (let count = 0; count < 64; count++) expect((await pushPublic()).uri).not.toContain('.')
    const { status, uri } = await pushPublic()
    expect([status, uri.includes('.')]).toEqual([201, true])
    host.clock.pass(61_000)
    expect((await pushPublic()).uri).not.toContain('.')
  })

  test.each([100, 3000])('accepts such a request with %i bytes of state once', async (length) => {
    const state = randomBytes(length).toString('base64url')
    const uri = await pushRequestObject({ state })
    const { page, agent } = await followAuthorization(host, pushedRequestUrl(uri))
    const returned = new URL(page.location ?? '')
    expect([returned.searchParams.has('code'), returned.searchParams.get('state')]).toEqual([true, state])
    expect(await readView(pushedRequestUrl(uri), agent)).toBe('invalid_request_uri')
    for (const used of [uri, `${uri}=`, `${uri}.x`])
      expect(await readView(pushedRequestUrl(used))).toBe('invalid_request_uri')
  })

  test('accepts it if the network has many pending interactions too', async () => {
    const randomText = (length: number) => randomBytes(length).toString('base64url')
    const claims = JSON.stringify({ userinfo: { email: { value: randomText(700) } } })
    const uri = await pushRequestObject({ state: randomText(3000), nonce: randomText(1500), claims })
    const { artifacts } = host.stores
    const { insertPending } = artifacts
    artifacts.insertPending = async () => false
    const { page } = await followAuthorization(host, pushedRequestUrl(uri))
    artifacts.insertPending = insertPending
    expect(page.location).toContain('code=')
  })

  test.each([0, 2])('accepts it in one of two browsers, of which one finishes %i hours later', async (hours) => {
    const person = await host.person('ada')
    const url = pushedRequestUrl(await pushRequestObject())
    const browsers = [new UserAgent(), new UserAgent()]
    const pages = await Promise.all(browsers.map(async (agent) => agent.follow(await agent.get(url))))
    const ends: string[] = []
    for (const [index, agent] of browsers.entries()) {
      const signed = await signIn(agent, pages[index] as UserAgentResponse, person.authenticator)
      const isAsked = signed.location === null && viewOf(signed).view === 'consent'
      const end = isAsked ? await decide(agent, signed) : signed
      ends.push(end.location ?? viewOf(end).view)
      host.clock.pass(hours * hour)
      while ((await host.pocket.removeExpired(1000)) > 0);
      host.clock.pass(-hours * hour)
    }
    expect(ends).toEqual([expect.stringContaining('code='), expect.not.stringContaining('code=')])
  })

  test('rejects it for another client, after a minute, and if it was modified', async () => {
    const { client: another } = await host.client({ redirectUris: [redirectUri], isPublic: true })
    const uri = await pushRequestObject()
    expect(await readView(pushedRequestUrl(uri, another.id))).toBe('invalid_request_object')
    const [id = '', sealed = ''] = uri.split('.')
    const other = (await pushRequestObject()).split('.')[0]
    const flipped = sealed.startsWith('A') ? `B${sealed.slice(1)}` : `A${sealed.slice(1)}`
    for (const changed of [`${other}.${sealed}`, `${id}.${flipped}`, id, `${id}.`])
      expect([changed, await readView(pushedRequestUrl(changed))]).toEqual([changed, 'invalid_request_uri'])
    expect(await readView(pushedRequestUrl(uri))).toBe('sign-in')
    // The library uses the clock of the process.
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000)
    const view = await readView(pushedRequestUrl(uri))
    now.mockRestore()
    expect(view).toBe('invalid_request_uri')
  })
})
