import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as oidc from 'openid-client'
import { type Host, startHost, viewOf } from './host.ts'
import { isRedirectUri, passThrough, redirectUri, relyingParty } from './signed-in.ts'

type Fields = Readonly<Record<string, string>>
type Party = Awaited<ReturnType<typeof relyingParty>>

const parameters = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 'pushed' }

let host: Host
let party: Party
beforeAll(async () => {
  host = await startHost()
  party = await relyingParty(host)
})
afterAll(async () => {
  expect(host.errors).toEqual([])
  await host[Symbol.asyncDispose]()
})

async function push(fields: Fields = {}): Promise<readonly [number, Fields]> {
  const credentials = { client_id: party.client.id, client_secret: party.secret }
  const body = new URLSearchParams({ ...credentials, ...parameters, ...fields })
  const response = await fetch(`${host.issuer}/api/oidc/par`, { method: 'POST', body })
  return [response.status, (await response.json()) as Fields]
}

async function pushed(fields?: Fields): Promise<string> {
  const [status, { request_uri: uri = '' }] = await push(fields)
  expect(status).toBe(201)
  return uri
}

function authorizeAt(fields: Fields): string {
  return `${host.issuer}/authorize?${new URLSearchParams(fields)}`
}

async function refusal(fields: Fields): Promise<string> {
  const agent = new UserAgent()
  const view = viewOf(await agent.follow(await agent.get(authorizeAt(fields)), { until: isRedirectUri }))
  return view.view === 'error' ? view.code : view.view
}

test('a pushed request works once, and other parameters of the request are ignored', async () => {
  const request = { client_id: party.client.id, request_uri: await pushed() }
  const otherParameters = {
    scope: 'openid email',
    state: 'evil',
    redirect_uri: 'https://evil.example/',
    response_mode: 'fragment',
  }
  const { page } = await passThrough(host, authorizeAt({ ...request, ...otherParameters }))
  const returned = new URL(page.location ?? '')
  expect([returned.origin + returned.pathname, returned.searchParams.get('state')]).toEqual([redirectUri, 'pushed'])
  const tokens = await oidc.authorizationCodeGrant(party.configuration, returned, { expectedState: 'pushed' })
  expect(tokens.scope).toBe('openid')
  expect(await refusal(request)).toBe('invalid_request_uri')
})

test('a pushed request works only for its client', async () => {
  const { client: another } = await relyingParty(host)
  const uri = await pushed()
  expect(await refusal({ client_id: another.id, request_uri: uri })).toBe('invalid_request_object')
  expect(await refusal({ request_uri: uri })).toBe('invalid_request')
  expect(await refusal({ client_id: party.client.id, request_uri: `${uri}x` })).toBe('invalid_request_uri')
})

test.each<[string, Fields, number, string]>([
  ['with a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
  ['for an address that is not registered', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_request'],
  ['that points to another', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400, 'request_uri_not_supported'],
  ['for a token from the front channel', { response_type: 'token' }, 400, 'unsupported_response_type'],
  ['with PKCE in clear', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 400, 'invalid_request'],
])('%s is rejected immediately', async (_why, fields, status, error) => {
  expect(await push(fields)).toMatchObject([status, { error }])
})

test('a client that authenticates in the header or with an assertion may omit client_id', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own' }] }
  const { client } = await host.client({
    redirectUris: [redirectUri],
    protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks },
  })
  const assertion = (iss: string, sub: string) =>
    new SignJWT({ iss, sub, aud: host.issuer, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'own' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey)
  const asserted = async (iss: string, sub = iss) => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(iss, sub),
  })
  const basic = (secret: string) => ({ authorization: `Basic ${btoa(`${party.client.id}:${secret}`)}` })
  const sendPush = async (fields: Fields, headers: Fields = {}) => {
    const body = new URLSearchParams({ ...parameters, ...fields })
    const response = await fetch(`${host.issuer}/api/oidc/par`, { method: 'POST', headers, body })
    return [response.status, (await response.json()) as Fields] as const
  }
  for (const [id, push] of [
    [party.client.id, sendPush({}, basic(party.secret))],
    [client.id, sendPush(await asserted(client.id))],
  ] as const) {
    const [status, { request_uri: uri = '' }] = await push
    expect(status).toBe(201)
    expect(await refusal({ client_id: id, request_uri: uri })).toBe('sign-in')
  }
  const refused = [401, { error: 'invalid_client' }]
  expect(await sendPush({}, basic('wrong'))).toMatchObject(refused)
  expect(await sendPush(await asserted(client.id, party.client.id))).toMatchObject(refused)
  expect(await sendPush({ client_id: client.id }, basic(party.secret))).toMatchObject([
    400,
    { error: 'invalid_request' },
  ])
  expect(await sendPush({})).toMatchObject([400, { error: 'invalid_request' }])
})

test('a public client can push without a secret, but with PKCE', async () => {
  const { client } = await relyingParty(host, { client: { isPublic: true }, authentication: oidc.None() })
  const own = { client_id: client.id, client_secret: '' }
  expect(await push(own)).toMatchObject([400, { error: 'invalid_request' }])
  const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
  expect(await push({ ...own, ...challenge })).toMatchObject([201, { request_uri: expect.any(String) }])
})
