import { expect, test } from '@jest/globals'
import { startForEachTest } from '@pocket/test-support'
import { decodeProtectedHeader } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { followRedirects, second as seconds, viewOf } from '../flows/host.ts'
import { redirectUri } from '../flows/login.ts'
import { verifyJwt } from '../flows/requests.ts'
import {
  authorizationUrl,
  completeLogin,
  createParty,
  exchangeCode,
  expectRefusalPage,
  fetchUserInfo,
  logIn,
  type ResponseMode,
  readAuthorizationResponse,
  registerSecondClient,
  requestToken,
  sendAuthorizationRequest,
  startParty,
} from './party.ts'

const bearerHeader = (token: string) => ({ authorization: `Bearer ${token}` })

/** The modules shared by the Basic plan and the Form Post plan. */
export function basicModules(mode: ResponseMode): void {
  const party = startForEachTest(() => startParty(mode))

  test('oidcc-server', async () => {
    const url = authorizationUrl(party)
    const result = await completeLogin(party, await sendAuthorizationRequest(party, url))
    const response = await readAuthorizationResponse(result)
    expect(Object.fromEntries(response)).toEqual({
      code: expect.stringMatching(/^[\w-]{22,}$/),
      state: url.searchParams.get('state'),
      iss: party.host.issuer,
    })
    const { status, headers, body } = await requestToken(party, {
      grant_type: 'authorization_code',
      code: response.get('code') ?? '',
    })
    expect([status, headers.get('cache-control'), headers.get('content-type')]).toMatchObject([
      200,
      expect.stringContaining('no-store'),
      expect.stringMatching(/^application\/json/),
    ])
    expect(body).toMatchObject({
      access_token: expect.stringMatching(/^\S{22,}$/),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      id_token: expect.any(String),
    })
    const { payload } = await verifyJwt(party.host, String(body.id_token), {
      audience: party.client.id,
      requiredClaims: ['sub', 'iat', 'exp'],
    })
    expect(payload).toMatchObject({ nonce: url.searchParams.get('nonce'), sub: party.person.account.id })
    expect(payload.sub?.length).toBeLessThanOrEqual(255)
    expect(payload.azp ?? party.client.id).toBe(party.client.id)
    expect(party.host.errors).toEqual([])
  })

  test('oidcc-response-type-missing', async () => {
    const url = authorizationUrl(party, {}, ['response_type'])
    const response = await readAuthorizationResponse(await sendAuthorizationRequest(party, url))
    expect(Object.fromEntries(response)).toMatchObject({
      error: expect.stringMatching(/^(invalid_request|unsupported_response_type)$/),
      state: url.searchParams.get('state'),
      iss: party.host.issuer,
    })
    expect(response.has('code')).toBe(false)
  })

  test('oidcc-idtoken-signature', async () => {
    const { idToken } = await logIn(party)
    const { alg, kid } = decodeProtectedHeader(idToken)
    expect(alg).toBe('RS256')
    const jwks = (await (await fetch(`${party.host.issuer}/.well-known/jwks.json`)).json()) as {
      keys: oauth.JWK[]
    }
    expect(jwks.keys.filter((key) => key.kid === kid && key.kty === 'RSA')).toHaveLength(1)
    const [body, signature = ''] = idToken.split(/\.(?=[^.]*$)/)
    const changed = signature.startsWith('A') ? 'B' : 'A'
    await expect(verifyJwt(party.host, `${body}.${changed}${signature.slice(1)}`)).rejects.toThrow('signature')
  })

  test('oidcc-userinfo-get', async () => {
    const { tokens, claims } = await logIn(party)
    const response = await fetchUserInfo(party, { headers: bearerHeader(tokens.access_token) })
    expect(response).toMatchObject({ status: 200, body: { sub: claims.sub } })
  })

  test('oidcc-userinfo-post-header', async () => {
    const { tokens, claims } = await logIn(party)
    const response = await fetchUserInfo(party, { method: 'POST', headers: bearerHeader(tokens.access_token) })
    expect(response).toMatchObject({ status: 200, body: { sub: claims.sub } })
  })

  test('oidcc-userinfo-post-body', async () => {
    const { tokens, claims } = await logIn(party)
    const body = new URLSearchParams({ access_token: tokens.access_token })
    expect(await fetchUserInfo(party, { method: 'POST', body })).toMatchObject({
      status: 200,
      body: { sub: claims.sub },
    })
  })

  test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    const { claims } = await logIn(party, {}, ['nonce'])
    expect(claims).not.toHaveProperty('nonce')
  })

  const scopes: [string, string, readonly string[]][] = [
    ['oidcc-scope-profile', 'openid profile', ['name', 'given_name', 'family_name', 'preferred_username']],
    ['oidcc-scope-email', 'openid email', ['email', 'email_verified']],
    ['oidcc-scope-address', 'openid address', []],
    ['oidcc-scope-phone', 'openid phone', []],
    ['oidcc-scope-all', 'openid profile email address phone', ['name', 'email', 'email_verified']],
    ['oidcc-ensure-other-scope-order-succeeds', 'email openid', ['email']],
  ]
  test.each(scopes)('%s', async (_module, scope, expected) => {
    const { tokens, claims } = await logIn(party, { scope })
    const received = await oidc.fetchUserInfo(party.configuration, tokens.access_token, claims.sub)
    for (const name of expected) expect(received).toHaveProperty(name)
    const unrequested = ['name', 'email'].filter((name) => !expected.includes(name))
    for (const name of [...unrequested, 'address', 'phone_number']) expect(received).not.toHaveProperty(name)
    if (received.email_verified !== undefined) expect(received.email_verified).toEqual(expect.any(Boolean))
  })

  test('oidcc-alternate-happy-flow', async () => {
    const url = authorizationUrl(party, { scope: 'email openid' })
    const reordered = [...url.searchParams].reverse()
    url.search = new URLSearchParams(reordered).toString()
    const { claims } = await exchangeCode(
      party,
      url,
      await completeLogin(party, await sendAuthorizationRequest(party, url)),
    )
    expect(claims.sub).toBe(party.person.account.id)
  })

  test('oidcc-idtoken-unsigned', async () => {
    // Only a client that is registered by other means can request this, and discovery does not advertise it.
    const metadata = party.configuration.serverMetadata()
    expect(metadata.id_token_signing_alg_values_supported).not.toContain('none')
    const none = 'none' as unknown as 'RS256'
    await expect(createParty(party.host, { protocol: { idTokenSignedResponseAlg: none } })).rejects.toMatchObject({
      code: 'validation_failed',
    })
  })

  test.each(['page', 'popup'])('oidcc-display-%s', async (display) => {
    expect((await logIn(party, { display })).claims.sub).toBe(party.person.account.id)
  })

  test('oidcc-prompt-login', async () => {
    const first = await logIn(party)
    party.host.clock.pass(2 * seconds)
    const url = authorizationUrl(party, { prompt: 'login' })
    const page = await sendAuthorizationRequest(party, url)
    expect(viewOf(page)).toMatchObject({ view: 'sign-in' })
    const again = await exchangeCode(party, url, await completeLogin(party, page))
    expect(again.claims.sub).toBe(first.claims.sub)
    expect(Number(again.claims.auth_time)).toBeGreaterThan(Number(first.claims.auth_time))
  })

  test('oidcc-prompt-none-not-logged-in', async () => {
    const url = authorizationUrl(party, { prompt: 'none' })
    const response = await readAuthorizationResponse(await sendAuthorizationRequest(party, url))
    expect(Object.fromEntries(response)).toMatchObject({
      error: expect.stringMatching(/^(login|interaction|account_selection|consent)_required$/),
      state: url.searchParams.get('state'),
    })
  })

  test('oidcc-prompt-none-logged-in', async () => {
    const first = await logIn(party)
    const url = authorizationUrl(party, { prompt: 'none' })
    const silent = await exchangeCode(party, url, await sendAuthorizationRequest(party, url))
    expect(silent.claims.sub).toBe(first.claims.sub)
    expect(silent.claims.auth_time).toBe(first.claims.auth_time)
  })

  test('oidcc-max-age-1', async () => {
    // The library reads its own clock, so the test backdates the first sign-in.
    party.host.clock.pass(-10 * seconds)
    const first = await logIn(party)
    party.host.clock.pass(10 * seconds)
    const url = authorizationUrl(party, { max_age: '1' })
    const page = await sendAuthorizationRequest(party, url)
    expect(viewOf(page)).toMatchObject({ view: 'sign-in' })
    const again = await exchangeCode(party, url, await completeLogin(party, page))
    expect(Number(again.claims.auth_time)).toBeGreaterThanOrEqual(Number(first.claims.auth_time) + 10)
    expect(again.claims.sub).toBe(first.claims.sub)
  })

  test('oidcc-max-age-10000', async () => {
    const first = await logIn(party)
    const url = authorizationUrl(party, { max_age: '10000' })
    const silent = await exchangeCode(party, url, await sendAuthorizationRequest(party, url))
    expect(silent.claims).toMatchObject({ sub: first.claims.sub, auth_time: first.claims.auth_time })
    expect(silent.claims.auth_time).toEqual(expect.any(Number))
  })

  test('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
    const { answer } = await logIn(party, { extra: 'foobar' })
    expect((await readAuthorizationResponse(answer)).has('extra')).toBe(false)
  })

  test('oidcc-id-token-hint', async () => {
    const first = await logIn(party)
    const url = authorizationUrl(party, { prompt: 'none', id_token_hint: first.idToken })
    const silent = await exchangeCode(party, url, await sendAuthorizationRequest(party, url))
    expect(silent.claims.sub).toBe(first.claims.sub)
  })

  test.each([
    ['oidcc-login-hint', { login_hint: 'buffy@localhost' }],
    ['oidcc-ui-locales', { ui_locales: 'se' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }],
    ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }],
  ])('%s', async (_module, parameters) => {
    expect((await logIn(party, parameters)).claims.sub).toBe(party.person.account.id)
  })

  test.each([
    ['oidcc-codereuse', 0],
    ['oidcc-codereuse-30seconds', 30 * seconds],
  ])('%s', async (_module, later) => {
    const { code, tokens } = await logIn(party)
    party.host.clock.pass(later)
    const { status, body } = await requestToken(party, { grant_type: 'authorization_code', code })
    expect([status, body]).toMatchObject([400, { error: 'invalid_grant' }])
    expect(body).not.toHaveProperty('access_token')
    expect((await fetchUserInfo(party, { headers: bearerHeader(tokens.access_token) })).status).toBe(401)
  })

  test('oidcc-ensure-registered-redirect-uri', async () => {
    const unregistered = `${redirectUri}/${crypto.randomUUID()}`
    expectRefusalPage(
      await sendAuthorizationRequest(party, authorizationUrl(party, { redirect_uri: unregistered })),
      'invalid_redirect_uri',
    )
  })

  test('oidcc-ensure-post-request-succeeds', async () => {
    const url = authorizationUrl(party)
    const posted = await party.agent.postForm(`${party.host.issuer}/authorize`, Object.fromEntries(url.searchParams), {
      from: 'https://app.example/',
    })
    const page = await followRedirects(party.agent, posted)
    const { claims } = await exchangeCode(party, url, await completeLogin(party, page))
    expect(claims.sub).toBe(party.person.account.id)
  })

  test('oidcc-server-client-secret-post', async () => {
    const metadata = party.configuration.serverMetadata()
    const configuration = new oidc.Configuration(metadata, party.client.id, {}, oidc.ClientSecretPost(party.secret))
    oidc.allowInsecureRequests(configuration)
    expect((await logIn({ ...party, configuration })).claims.sub).toBe(party.person.account.id)
  })

  test('oidcc-claims-essential', async () => {
    const { tokens, claims } = await logIn(party, {
      claims: JSON.stringify({ userinfo: { name: { essential: true } } }),
    })
    const received = await oidc.fetchUserInfo(party.configuration, tokens.access_token, claims.sub)
    expect(received).toMatchObject({ name: 'ada Koch' })
    expect(received).not.toHaveProperty('email')
  })

  test('oidcc-refresh-token', async () => {
    const { tokens, claims } = await logIn(party, { scope: 'openid offline_access', prompt: 'consent' })
    const refreshed = await oidc.refreshTokenGrant(party.configuration, tokens.refresh_token ?? '')
    const renewed = refreshed.claims()
    expect(renewed).toMatchObject({ iss: claims.iss, sub: claims.sub, aud: claims.aud, auth_time: claims.auth_time })
    expect(renewed?.iat).toBeGreaterThanOrEqual(claims.iat)
    expect(refreshed.access_token).not.toBe(tokens.access_token)
    expect((await fetchUserInfo(party, { headers: bearerHeader(refreshed.access_token) })).status).toBe(200)
    const other = await registerSecondClient(party)
    const stolen = refreshed.refresh_token ?? tokens.refresh_token ?? ''
    await expect(oidc.refreshTokenGrant(other.configuration, stolen)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const verifier = oauth.generateRandomCodeVerifier()
    const url = authorizationUrl(party, {
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const requestCode = async () =>
      (await readAuthorizationResponse(await completeLogin(party, await sendAuthorizationRequest(party, url)))).get(
        'code',
      ) ?? ''
    const sendRequest = async (extra: Readonly<Record<string, string>>) =>
      requestToken(party, { grant_type: 'authorization_code', code: await requestCode(), ...extra })
    expect(await sendRequest({ code_verifier: verifier })).toMatchObject({ status: 200 })
    const wrong = { code_verifier: oauth.generateRandomCodeVerifier() }
    for (const more of [{}, wrong])
      expect(await sendRequest(more)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })
}
