import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Client } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose'
import { storeKinds } from '../contracts/store-kinds.ts'
import { signJwt, signProof } from './client-jwts.ts'
import { type Host, startHostOver } from './host.ts'
import { followAuthorization, redirectUri } from './login.ts'

type Fields = Readonly<Record<string, string>>

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const clientKeys = await generateKeyPair('PS256')
const firstKey = await generateKeyPair('ES256')
const proofKeys = [firstKey, ...(await Promise.all(Array.from({ length: 7 }, () => generateKeyPair('ES256'))))]
const verifier = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const [token, userInfo, par] = ['/api/oidc/token', '/api/oidc/userinfo', '/api/oidc/par']

describe.each(Object.entries(storeKinds))('FAPI 2.0 requests at once over %s', (_kind, open) => {
  // Before the host ends, which interrupts its work.
  afterAll(() => expect(host.errors).toEqual([]))
  const host = shareBetweenTests(() => startHostOver(open))
  let client: Client
  let person: Awaited<ReturnType<Host['person']>>
  const agent = new UserAgent()

  beforeAll(async () => {
    const jwks = { keys: [{ ...(await exportJWK(clientKeys.publicKey)), kid: 'a', use: 'sig' }] }
    const protocol = { fapi: true, jwks }
    ;({ client } = await host.client({ redirectUris: [redirectUri], skipConsent: true, protocol }))
    person = await host.person('ada')
  })

  const signAssertion = () => {
    const claims = { iss: client.id, sub: client.id, aud: host.issuer }
    return signJwt(clientKeys.privateKey, { alg: 'PS256', kid: 'a' }, claims)
  }
  const createProof = (htm: string, path: string, key: CryptoKeyPair = firstKey, claims: JWTPayload = {}) =>
    signProof(key, htm, host.issuer + path, claims)

  const post = async (path: string, fields: Fields, DPoP?: string, client_assertion?: string) => {
    const body = new URLSearchParams({
      client_id: client.id,
      client_assertion_type: assertionType,
      client_assertion: client_assertion ?? (await signAssertion()),
      ...fields,
    })
    const response = await fetch(host.issuer + path, { method: 'POST', headers: { ...(DPoP && { DPoP }) }, body })
    return {
      status: response.status,
      json: (await response.json()) as Fields,
      nonce: response.headers.get('dpop-nonce'),
    }
  }

  const request = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', code_challenge: challenge }
  const push = (client_assertion?: string) =>
    post(par, { ...request, code_challenge_method: 'S256' }, undefined, client_assertion)
  const authorizationUrl = ({ request_uri = '' }: Fields) =>
    `${host.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request_uri })}`
  const exchange = async (location: string | null, key = firstKey, claims: JWTPayload = {}) => {
    const code = new URL(location ?? '').searchParams.get('code') ?? ''
    const fields = { grant_type: 'authorization_code', redirect_uri: redirectUri, code, code_verifier: verifier }
    return post(token, fields, await createProof('POST', token, key, claims))
  }
  const requestCode = async () =>
    (await followAuthorization(host, authorizationUrl((await push()).json), { agent, person })).page.location

  test('each get tokens that are bound to their keys, even after a nonce was demanded', async () => {
    await requestCode()
    const issued = await Promise.all(
      proofKeys.map(async (key) => {
        const { location } = await agent.get(authorizationUrl((await push()).json))
        const refused = await exchange(location, key, { nonce: 'mine' })
        expect([refused.status, refused.json.error]).toEqual([400, 'use_dpop_nonce'])
        const { status, json } = await exchange(location, key, { nonce: refused.nonce ?? '' })
        expect([status, json.token_type]).toEqual([200, 'DPoP'])
        return { key, accessToken: json.access_token ?? '' }
      }),
    )
    const statuses = await Promise.all(
      issued.map(async ({ key, accessToken }, index) => {
        const ath = createHash('sha256').update(accessToken).digest('base64url')
        const send = async (by: typeof key) => {
          const headers = {
            authorization: `DPoP ${accessToken}`,
            DPoP: await createProof('GET', userInfo, by, { ath }),
          }
          return (await fetch(host.issuer + userInfo, { headers })).status
        }
        return Promise.all([send(key), send(proofKeys[(index + 1) % proofKeys.length] ?? key)])
      }),
    )
    expect(statuses).toEqual(issued.map(() => [200, 401]))
  })

  test('that use one pushed request get one code, and the session stays', async () => {
    await requestCode()
    const url = authorizationUrl((await push()).json)
    const responses = await Promise.all(Array.from({ length: 8 }, () => agent.get(url)))
    expect(responses.filter(({ location }) => location?.includes('code='))).toHaveLength(1)
    expect(responses.filter(({ status }) => status >= 500)).toEqual([])
    expect((await agent.get(authorizationUrl((await push()).json))).location).toContain('code=')
  })

  test('that use one code with a key each get tokens once', async () => {
    const location = await requestCode()
    const responses = await Promise.all(proofKeys.map((key) => exchange(location, key)))
    expect(responses.map(({ status, json }) => json.error ?? status).sort()).toEqual([
      200,
      ...proofKeys.slice(1).map(() => 'invalid_grant'),
    ])
  })

  test('that use one proof or one assertion are accepted once', async () => {
    const { json } = await exchange(await requestCode())
    const ath = createHash('sha256')
      .update(json.access_token ?? '')
      .digest('base64url')
    const headers = {
      authorization: `DPoP ${json.access_token}`,
      DPoP: await createProof('GET', userInfo, firstKey, { ath }),
    }
    const shown = await Promise.all(Array.from({ length: 8 }, () => fetch(host.issuer + userInfo, { headers })))
    expect(shown.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401, 401, 401])
    const replayed = await signAssertion()
    const pushed = await Promise.all(Array.from({ length: 8 }, () => push(replayed)))
    expect(pushed.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401, 401, 401, 401, 401])
  })
})
