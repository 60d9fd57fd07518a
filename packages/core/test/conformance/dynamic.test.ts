import { describe, expect, jest, test } from '@jest/globals'
import { createPublicFetch, type PublicFetch } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as oidc from 'openid-client'
import { day, type Host, minute, shareHost, startHost, viewOf } from '../flows/host.ts'
import { redirectUri } from '../flows/login.ts'
import { fetchUserInfo, openRegistration } from '../flows/requests.ts'
import {
  authorizationUrl,
  completeLogin,
  logIn,
  type Party,
  readAuthorizationResponse,
  requestToken,
  sendAuthorizationRequest,
} from './party.ts'

const open = { protocol: { clientRegistration: openRegistration } }

const timersButDate = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
]

/** The documents served at the URLs of these clients. */
function serveDocuments(documents: Readonly<Record<string, () => unknown>>): PublicFetch {
  const elsewhere = createPublicFetch()
  return async (url, init) => {
    const document = documents[String(url)]
    return document ? Response.json(document()) : elsewhere(url, init)
  }
}

/** A dynamically registered client and a user in front of it. */
async function register(
  host: Host,
  metadata: Partial<oidc.ClientMetadata> = {},
  authentication?: oidc.ClientAuth,
): Promise<Party> {
  const configuration = await oidc.dynamicClientRegistration(
    new URL(host.issuer),
    { redirect_uris: [redirectUri], ...metadata },
    authentication,
    { execute: [oidc.allowInsecureRequests] },
  )
  const { client_id: id, client_secret: secret } = configuration.clientMetadata()
  const client = await host.pocket.clients.find(id)
  if (!client) throw new Error('The client is not there.')
  const known = { client, secret: String(secret), configuration }
  return { host, mode: 'query', ...known, agent: new UserAgent(), person: await host.person('ada') }
}

describe('oidcc-dynamic-certification-test-plan', () => {
  const host = shareHost({ options: open })

  test('oidcc-server', async () => {
    const party = await register(host)
    expect(party.configuration.serverMetadata().registration_endpoint).toBe(`${host.issuer}/api/oidc/register`)
    expect(party.configuration.clientMetadata()).toMatchObject({
      client_secret: expect.any(String),
      redirect_uris: [redirectUri],
    })
    expect((await logIn(party)).claims.sub).toBe(party.person.account.id)
  })

  test.each<[string, 'logo_uri' | 'policy_uri' | 'tos_uri']>([
    ['oidcc-registration-logo-uri', 'logo_uri'],
    ['oidcc-registration-policy-uri', 'policy_uri'],
    ['oidcc-registration-tos-uri', 'tos_uri'],
  ])('%s', async (_module, name) => {
    await using host = await startHost({ options: { protocol: { ...open.protocol, fetch: serveDocuments({}) } } })
    const party = await register(host, { [name]: 'https://app.example/document' })
    const page = viewOf(await sendAuthorizationRequest(party, authorizationUrl(party)))
    const shown = { logo_uri: {}, policy_uri: { policyUri: expect.anything() }, tos_uri: { tosUri: expect.anything() } }
    expect(page).toMatchObject({ view: 'sign-in', client: { origin: { isKnown: false, ...shown[name] } } })
    expect((await logIn(party)).claims.sub).toBe(party.person.account.id)
  })

  test('oidcc-registration-jwks-uri', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'rp', use: 'sig', alg: 'RS256' }]
    const fetch = serveDocuments({ 'https://app.example/jwks': () => ({ keys }) })
    await using host = await startHost({ options: { protocol: { ...open.protocol, fetch } } })
    const metadata = { jwks_uri: 'https://app.example/jwks', token_endpoint_auth_method: 'private_key_jwt' }
    const party = await register(host, metadata, oidc.PrivateKeyJwt({ key: privateKey, kid: 'rp' }))
    expect((await logIn(party)).claims.sub).toBe(party.person.account.id)
  })

  test('oidcc-registration-sector-uri', async () => {
    const fetch = serveDocuments({ 'https://app.example/sector': () => [redirectUri] })
    await using host = await startHost({ options: { protocol: { ...open.protocol, fetch } } })
    const pairwise = { subject_type: 'pairwise', sector_identifier_uri: 'https://app.example/sector' }
    const party = await register(host, pairwise)
    const { claims } = await logIn(party)
    expect(claims.sub).not.toBe(party.person.account.id)
    const other = { ...(await register(host, pairwise)), agent: party.agent, person: party.person }
    expect((await logIn(other)).claims.sub).toBe(claims.sub)
  })

  test('oidcc-registration-sector-bad', async () => {
    const fetch = serveDocuments({ 'https://app.example/sector': () => ['https://other.example/'] })
    await using host = await startHost({ options: { protocol: { ...open.protocol, fetch } } })
    const pairwise = { subject_type: 'pairwise', sector_identifier_uri: 'https://app.example/sector' }
    await expect(register(host, pairwise)).rejects.toMatchObject({
      error: expect.stringMatching(/^invalid_(client_metadata|redirect_uri)$/),
    })
  })

  test.each([
    ['oidcc-idtoken-rs256', 'RS256'],
    ['oidcc-idtoken-es256', 'ES256'],
    ['oidcc-idtoken-ps256', 'PS256'],
  ])('%s', async (_module, alg) => {
    const { idToken } = await logIn(await register(host, { id_token_signed_response_alg: alg }))
    expect(decodeProtectedHeader(idToken).alg).toBe(alg)
  })

  test('oidcc-idtoken-unsigned', async () => {
    const unsigned = register(host, { id_token_signed_response_alg: 'none' })
    await expect(unsigned).rejects.toMatchObject({ error: 'invalid_client_metadata' })
  })

  test('oidcc-userinfo-rs256', async () => {
    const party = await register(host, { userinfo_signed_response_alg: 'RS256' })
    const { tokens, claims } = await logIn(party)
    const response = await fetchUserInfo(host, tokens.access_token)
    expect(response.headers.get('content-type')).toMatch(/^application\/jwt/)
    expect(decodeProtectedHeader(await response.text()).alg).toBe('RS256')
    expect(await oidc.fetchUserInfo(party.configuration, tokens.access_token, claims.sub)).toMatchObject({
      sub: claims.sub,
    })
  })

  test.each(['oidcc-request-uri-unsigned', 'oidcc-request-uri-signed-rs256'])('%s', async () => {
    const party = await register(host)
    expect(party.configuration.serverMetadata().request_uri_parameter_supported).toBe(false)
    const response = await sendAuthorizationRequest(
      party,
      authorizationUrl(party, { request_uri: 'https://app.example/request.jwt' }),
    )
    expect((await readAuthorizationResponse(response)).get('error')).toBe('request_uri_not_supported')
  })

  test.each([
    ['oidcc-redirect-uri-query-OK', `${redirectUri}?foo=bar`, `${redirectUri}?foo=bar`, true],
    ['oidcc-redirect-uri-query-mismatch', `${redirectUri}?foo=bar`, `${redirectUri}?foo=baz`, false],
    ['oidcc-redirect-uri-query-added', redirectUri, `${redirectUri}?foo=bar`, false],
  ])('%s', async (_module, registered, used, accepted) => {
    const party = await register(host, { redirect_uris: [registered] })
    const url = authorizationUrl(party, { redirect_uri: used })
    const page = await sendAuthorizationRequest(party, url)
    if (!accepted) return expect(viewOf(page)).toMatchObject({ view: 'error', code: 'invalid_redirect_uri' })
    const response = await readAuthorizationResponse(await completeLogin(party, page))
    expect(response.get('foo')).toBe('bar')
    const code = response.get('code') ?? ''
    const fields = { grant_type: 'authorization_code', code, redirect_uri: used }
    expect(await requestToken(party, fields)).toMatchObject({ status: 200, body: { id_token: expect.any(String) } })
  })

  test('oidcc-redirect-uri-regfrag', async () => {
    await expect(register(host, { redirect_uris: [`${redirectUri}#foobar`] })).rejects.toMatchObject({
      error: expect.stringMatching(/^invalid_(redirect_uri|client_metadata)$/),
    })
  })

  test('oidcc-ensure-redirect-uri-in-authorization-request', async () => {
    const party = await register(host, { redirect_uris: [redirectUri, 'https://app.example/second'] })
    const page = await sendAuthorizationRequest(party, authorizationUrl(party, {}, ['redirect_uri']))
    const missing = { code: 'invalid_request', details: { missing: 'redirect_uri' } }
    expect([page.status, viewOf(page)]).toMatchObject([400, { view: 'error', ...missing }])
  })

  test('oidcc-discovery-endpoint-verification', async () => {
    await using host = await startHost({ options: { protocol: { ...open.protocol, allowImplicit: true } } })
    const party = await register(host)
    expect(party.configuration.serverMetadata()).toMatchObject({
      registration_endpoint: `${host.issuer}/api/oidc/register`,
      response_types_supported: expect.arrayContaining(['code', 'id_token', 'id_token token']),
      grant_types_supported: expect.arrayContaining(['authorization_code', 'implicit']),
      subject_types_supported: expect.arrayContaining(['public', 'pairwise']),
      scopes_supported: expect.arrayContaining(['openid']),
      claims_supported: expect.arrayContaining(['sub']),
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      claims_parameter_supported: true,
      request_parameter_supported: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt', 'client_secret_basic']),
      userinfo_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    })
  })

  test.each(['the issuer', 'the token endpoint'])(
    'oidcc-ensure-client-assertion-with-iss-aud-succeeds: for %s',
    async (audience) => {
      const { publicKey, privateKey } = await generateKeyPair('RS256')
      const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', use: 'sig', alg: 'RS256' }] }
      const aud = audience === 'the issuer' ? host.issuer : `${host.issuer}/api/oidc/token`
      const authentication = oidc.PrivateKeyJwt(
        { key: privateKey, kid: 'k' },
        { [oidc.modifyAssertion]: (_header, payload) => Object.assign(payload, { aud }) },
      )
      const party = await register(host, { token_endpoint_auth_method: 'private_key_jwt', jwks }, authentication)
      expect((await logIn(party)).claims.sub).toBe(party.person.account.id)
    },
  )

  test('oidcc-ensure-request-object-with-redirect-uri', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', use: 'sig', alg: 'RS256' }] }
    const party = await register(host, { jwks })
    const url = authorizationUrl(party, { redirect_uri: `${redirectUri}/other` })
    const state = url.searchParams.get('state')
    const claims = { ...Object.fromEntries(url.searchParams), redirect_uri: redirectUri }
    const request = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).setIssuer(party.client.id)
    url.searchParams.set('request', await request.setAudience(host.issuer).setExpirationTime('1m').sign(privateKey))
    const response = await readAuthorizationResponse(
      await completeLogin(party, await sendAuthorizationRequest(party, url)),
    )
    expect([response.get('state'), response.get('code')]).toEqual([state, expect.any(String)])
  })

  test('oidcc-refresh-token', async () => {
    const party = await register(host, { grant_types: ['authorization_code', 'refresh_token'] })
    const { tokens, claims } = await logIn(party, { scope: 'openid offline_access', prompt: 'consent' })
    const refreshed = await oidc.refreshTokenGrant(party.configuration, tokens.refresh_token ?? '')
    expect(refreshed.claims()).toMatchObject({ iss: claims.iss, sub: claims.sub, aud: claims.aud })
    const other = await register(host, { grant_types: ['authorization_code', 'refresh_token'] })
    await expect(oidc.refreshTokenGrant(other.configuration, refreshed.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('oidcc-server-rotate-keys', async () => {
    const keySchedule = { signingPeriod: 0, announcementPeriod: 0, verificationPeriod: day }
    await using host = await startHost({ options: { ...open, signingKeys: { schedule: keySchedule } } })
    const party = await register(host)
    const before = decodeProtectedHeader((await logIn(party)).idToken).kid
    await host.pocket.rotateKeys()
    expect(decodeProtectedHeader((await logIn(party)).idToken).kid).not.toBe(before)
    const { keys } = (await (await fetch(`${host.issuer}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    expect(keys.map(({ kid }) => kid)).toContain(before)
  })

  test('oidcc-refresh-token-rp-key-rotation', async () => {
    const first = await generateKeyPair('RS256')
    const next = await generateKeyPair('RS256')
    const publicJwk = async (kid: string, { publicKey }: typeof first) => ({
      ...(await exportJWK(publicKey)),
      kid,
      use: 'sig',
      alg: 'RS256',
    })
    let keys = [await publicJwk('first', first)]
    const fetch = serveDocuments({ 'https://app.example/jwks': () => ({ keys }) })
    jest.useFakeTimers({ now: Date.now(), doNotFake: timersButDate })
    try {
      await using host = await startHost({ options: { protocol: { ...open.protocol, fetch } } })
      const metadata = {
        jwks_uri: 'https://app.example/jwks',
        token_endpoint_auth_method: 'private_key_jwt',
        grant_types: ['authorization_code', 'refresh_token'],
      }
      const party = await register(host, metadata, oidc.PrivateKeyJwt({ key: first.privateKey, kid: 'first' }))
      const { tokens } = await logIn(party, { scope: 'openid offline_access', prompt: 'consent' })
      const moved = new oidc.Configuration(
        party.configuration.serverMetadata(),
        party.client.id,
        {},
        oidc.PrivateKeyJwt({ key: next.privateKey, kid: 'next' }),
      )
      oidc.allowInsecureRequests(moved)
      keys = [await publicJwk('next', next)]
      // The library caches published documents for a minute of its own clock; the suite waits for that time.
      jest.setSystemTime(Date.now() + minute)
      const refreshed = await oidc.refreshTokenGrant(moved, tokens.refresh_token ?? '')
      expect(refreshed.access_token).toEqual(expect.any(String))
      const deleted = oidc.refreshTokenGrant(party.configuration, refreshed.refresh_token ?? '')
      await expect(deleted).rejects.toMatchObject({ error: 'invalid_client' })
    } finally {
      jest.useRealTimers()
    }
  })
})
