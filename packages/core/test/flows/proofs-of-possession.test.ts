import { createHash } from 'node:crypto'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload } from 'jose'
import * as oidc from 'openid-client'
import { signProof } from './client-jwts.ts'
import { shareHost } from './host.ts'
import { login, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

type Fields = Readonly<Record<string, string>>

const [key, foreign] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
const [token, userInfo] = ['/api/oidc/token', '/api/oidc/userinfo']

const host = shareHost()
let party: Awaited<ReturnType<typeof relyingParty>>
beforeAll(async () => {
  party = await relyingParty(host, { client: { isPublic: true }, authentication: oidc.None() })
})

const createProof = (htm: string, path: string, claims: JWTPayload = {}, pair: CryptoKeyPair = key) =>
  signProof(pair, htm, host.issuer + path, claims)

/** Uses an access token with each of these proofs concurrently. */
async function callUserInfo(accessToken: string, proofs: readonly string[]) {
  const responses = await Promise.all(
    proofs.map((DPoP) => fetch(host.issuer + userInfo, { headers: { authorization: `DPoP ${accessToken}`, DPoP } })),
  )
  return responses.map(({ status }) => status).sort()
}

async function post(fields: Fields, DPoP?: string) {
  const body = new URLSearchParams({ client_id: party.client.id, ...fields })
  const response = await fetch(host.issuer + token, { method: 'POST', headers: { ...(DPoP && { DPoP }) }, body })
  return { answer: response, json: (await response.json()) as Fields }
}

async function requestCode(extra: Fields = {}) {
  const { page, checks } = await login(host, party.configuration, extra)
  const value = new URL(page.location ?? '').searchParams.get('code') ?? ''
  const fields = { grant_type: 'authorization_code', redirect_uri: redirectUri, code: value }
  return { ...fields, code_verifier: checks.pkceCodeVerifier }
}

test('accepts a token with its key, a proof for it, and the nonce of the server', async () => {
  const { json } = await post(await requestCode(), await createProof('POST', token))
  const { access_token: accessToken = '', token_type: type } = json
  expect(type).toBe('DPoP')
  const ath = createHash('sha256').update(accessToken).digest('base64url')
  const sendRequest = async (DPoP: string, scheme = 'DPoP') => {
    const headers = { authorization: `${scheme} ${accessToken}`, DPoP }
    const response = await fetch(host.issuer + userInfo, { headers })
    return {
      status: response.status,
      error: ((await response.json()) as Fields).error,
      nonce: response.headers.get('dpop-nonce'),
    }
  }
  expect(await sendRequest(await createProof('GET', userInfo, { ath }))).toMatchObject({ status: 200 })
  expect(await sendRequest(await createProof('GET', userInfo))).toMatchObject({
    status: 401,
    error: 'invalid_dpop_proof',
  })
  expect((await sendRequest(await createProof('GET', userInfo, { ath }, foreign))).status).toBe(401)
  expect((await sendRequest(await createProof('GET', userInfo, { ath }), 'Bearer')).status).toBe(400)
  const received = await sendRequest(await createProof('GET', userInfo, { ath, nonce: 'mine' }))
  expect(received).toEqual({ status: 401, error: 'use_dpop_nonce', nonce: expect.any(String) })
  expect((await sendRequest(await createProof('GET', userInfo, { ath, nonce: received.nonce ?? '' }))).status).toBe(200)
})

test('binds a code to the key that it names, and the refresh token of a public client too', async () => {
  const dpop_jkt = await calculateJwkThumbprint(await exportJWK(key.publicKey))
  for (const other of [await createProof('POST', token, {}, foreign), undefined])
    expect((await post(await requestCode({ dpop_jkt }), other)).json.error).toBe('invalid_grant')
  const { json } = await post(await requestCode({ dpop_jkt }), await createProof('POST', token))
  const fields = { grant_type: 'refresh_token', refresh_token: json.refresh_token ?? '' }
  for (const other of [await createProof('POST', token, {}, foreign), undefined])
    expect((await post(fields, other)).json.error).toBe('invalid_grant')
  expect((await post(fields, await createProof('POST', token))).json).toMatchObject({ token_type: 'DPoP' })
})

test('a client whose tokens must be bound to a key gets none without a proof', async () => {
  const { client, secret } = await relyingParty(host, { protocol: { dpopBoundAccessTokens: true } })
  const grant = { grant_type: 'client_credentials', client_id: client.id, client_secret: secret }
  const response = await sendForm(host, 'token', grant)
  expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_grant' }])
})

test('a public client can revoke only its own tokens', async () => {
  const { json } = await post(await requestCode())
  const { json: others } = await post(await requestCode())
  const { client: another } = await relyingParty(host, { client: { isPublic: true }, authentication: oidc.None() })
  const { client: confidential } = await relyingParty(host)
  const revoke = async (client_id: string, value = '', extra: Fields = {}) =>
    (await sendForm(host, 'revoke', { client_id, token: value, ...extra })).status
  const isAccepted = async (value = '') =>
    (await fetch(host.issuer + userInfo, { headers: { authorization: `Bearer ${value}` } })).status === 200
  expect(await revoke(another.id, json.access_token)).toBe(200)
  expect(await revoke(confidential.id, json.access_token)).toBe(401)
  expect(await isAccepted(json.access_token)).toBe(true)
  expect(await revoke(party.client.id, json.access_token, { token_type_hint: 'nonsense' })).toBe(200)
  expect([await isAccepted(json.access_token), await isAccepted(others.access_token)]).toEqual([false, true])
  const refreshed = await post({ grant_type: 'refresh_token', refresh_token: json.refresh_token ?? '' })
  expect(refreshed.json.error).toBe('invalid_grant')
})

async function issueBoundToken() {
  const { json } = await post(await requestCode(), await createProof('POST', token))
  const accessToken = json.access_token ?? ''
  return { accessToken, ath: createHash('sha256').update(accessToken).digest('base64url') }
}

test('accepts one proof that is sent twenty times concurrently only once', async () => {
  const { accessToken, ath } = await issueBoundToken()
  const one = await createProof('GET', userInfo, { ath })
  expect(await callUserInfo(accessToken, Array<string>(20).fill(one))).toEqual([200, ...Array<number>(19).fill(401)])
})

test('issues one token for one code with twenty keys concurrently, bound to the key of the winner', async () => {
  const fields = await requestCode()
  const pairs = await Promise.all(Array.from({ length: 20 }, () => generateKeyPair('ES256')))
  const results = await Promise.all(pairs.map(async (pair) => post(fields, await createProof('POST', token, {}, pair))))
  expect(results.map(({ answer }) => answer.status).sort()).toEqual([200, ...Array<number>(19).fill(400)])
})

test('accepts a proof from a clock that is ahead once during its validity', async () => {
  const { accessToken, ath } = await issueBoundToken()
  const one = await createProof('GET', userInfo, { ath, iat: Math.floor(Date.now() / 1000) + 290 })
  expect(await callUserInfo(accessToken, [one])).toEqual([200])
  // The library reads its own clock.
  const time = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 400_000)
  try {
    await host.pocket.removeExpired(1000)
    expect(await callUserInfo(accessToken, [one])).toEqual([401])
  } finally {
    time.mockRestore()
  }
})
