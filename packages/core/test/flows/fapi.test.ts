import { beforeAll, expect, test } from '@jest/globals'
import type { Client } from '@pocket/core'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { shareHost } from './host.ts'
import { redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

type Fields = Readonly<Record<string, string>>
type Algorithm = keyof typeof keys

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
const parameters = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', ...challenge }
const now = () => Math.floor(Date.now() / 1000)
const keys = { PS256: await generateKeyPair('PS256'), RS256: await generateKeyPair('RS256') }

const host = shareHost()
let client: Client
let secret: string
beforeAll(async () => {
  const jwks = await Promise.all(
    Object.entries(keys).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid, use: 'sig' })),
  )
  const redirectUris = [redirectUri, 'http://192.168.1.5/callback']
  ;({ client, secret } = await host.client({ redirectUris, protocol: { fapi: true, jwks: { keys: jwks } } }))
})

function sign(claims: JWTPayload, alg: Algorithm = 'PS256'): Promise<string> {
  const all = { iss: client.id, aud: host.issuer, iat: now(), exp: now() + 60, ...claims }
  return new SignJWT(all).setProtectedHeader({ alg, kid: alg }).sign(keys[alg].privateKey)
}

function signAssertion(claims: JWTPayload = {}, alg?: Algorithm): Promise<string> {
  return sign({ sub: client.id, jti: crypto.randomUUID(), ...claims }, alg)
}

async function post(endpoint: string, fields: Fields): Promise<readonly [number, unknown]> {
  const response = await sendForm(host, endpoint, { client_id: client.id, ...fields })
  return [response.status, ((await response.json()) as { error?: unknown }).error]
}

async function push(fields: Fields = parameters, proof = signAssertion()): Promise<readonly [number, unknown]> {
  return post('par', { client_assertion_type: assertionType, client_assertion: await proof, ...fields })
}

const requestObject = (claims: JWTPayload = {}, alg?: Algorithm) =>
  sign({ client_id: client.id, ...parameters, nbf: now(), ...claims }, alg)

test('accepts requests that follow the profile', async () => {
  expect(await push()).toEqual([201, undefined])
  expect(await push({ request: await requestObject() })).toEqual([201, undefined])
})

test.each<[string, () => Promise<string>]>([
  ['with RS256', () => signAssertion({}, 'RS256')],
  ['for a list', () => signAssertion({ aud: [host.issuer] })],
  ['for the token endpoint', () => signAssertion({ aud: `${host.issuer}/api/oidc/token` })],
])('rejects an assertion %s', async (_what, proof) => {
  expect(await push(parameters, proof())).toEqual([401, 'invalid_client'])
})

test.each<[string, () => Promise<string>]>([
  ['with RS256', () => requestObject({}, 'RS256')],
  ['without `nbf`', () => requestObject({ nbf: undefined } as unknown as JWTPayload)],
  ['whose `nbf` equals `exp`', () => requestObject({ nbf: now(), exp: now() })],
  ['with a lifetime above an hour', () => requestObject({ exp: now() + 4000 })],
])('rejects a request object %s', async (_what, request) => {
  expect(await push({ request: await request() })).toEqual([400, 'invalid_request_object'])
})

test.each<[string, Fields]>([
  ['with an http redirect URI', { redirect_uri: 'http://192.168.1.5/callback' }],
  ['for an ID token in the front channel', { response_type: 'id_token', nonce: 'n' }],
  ['with plain PKCE', { code_challenge_method: 'plain' }],
])('rejects a request %s', async (_what, fields) => {
  expect(await push({ ...parameters, ...fields })).toEqual([400, 'invalid_request'])
})

test('rejects client secrets and unbound tokens', async () => {
  expect(await post('par', { client_secret: secret, ...parameters })).toEqual([401, 'invalid_client'])
  const proof = { client_assertion_type: assertionType, client_assertion: await signAssertion() }
  const [status] = await post('token', { ...proof, grant_type: 'client_credentials' })
  expect(status).toBe(400)
})
