import { describe, expect, jest, test } from '@jest/globals'
import type { ClientProtocolInput } from '@pocket/core'
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import * as oidc from 'openid-client'
import { type Host, startHost, viewOf } from './host.ts'
import { followAuthorization, isRedirectUri, login, redirectUri, relyingParty } from './login.ts'

async function keyPair(alg: string, use: 'sig' | 'enc') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: `${use} ${alg}`, use, ...(use === 'enc' && { alg }) }
  return { privateKey, publicKey, jwk: jwk as Readonly<Record<string, unknown>> }
}

const readError = (response: Response) => response.json() as Promise<{ error: string }>

describe('client with its own keys', () => {
  test('authenticates with private_key_jwt, and each assertion works once', async () => {
    await using host = await startHost()
    const { privateKey, jwk } = await keyPair('ES256', 'sig')
    const { configuration, client } = await relyingParty(host, {
      protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [jwk] } },
      authentication: oidc.PrivateKeyJwt({ key: privateKey, kid: 'sig ES256' }),
    })
    const { finish } = await login(host, configuration)
    expect((await finish()).claims()).toMatchObject({ preferred_username: 'ada' })
    const assertion = await signAssertion(host, client.id, privateKey)
    const sendRequest = () => requestClientCredentials(host, { client_assertion: assertion })
    expect((await sendRequest()).status).toBe(200)
    expect([(await sendRequest()).status, await readError(await sendRequest())]).toMatchObject([
      401,
      { error: 'invalid_client' },
    ])
    const another = await keyPair('ES256', 'sig')
    const forged = await signAssertion(host, client.id, another.privateKey)
    expect((await requestClientCredentials(host, { client_assertion: forged })).status).toBe(401)
    expect(host.errors).toEqual([])
  })

  test.each([
    ['RSA-OAEP', 'A256GCM'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ] as const)('gets ID tokens, UserInfo and authorization responses encrypted with %s', async (alg, enc) => {
    await using host = await startHost()
    const { privateKey, jwk } = await keyPair(alg, 'enc')
    const encryption = { alg, enc }
    const { configuration } = await relyingParty(host, {
      protocol: {
        jwks: { keys: [jwk] },
        idTokenEncryptedResponse: encryption,
        userinfoEncryptedResponse: encryption,
        userinfoSignedResponseAlg: 'RS256',
        authorizationEncryptedResponse: encryption,
      },
      metadata: { id_token_encrypted_response_alg: alg, userinfo_signed_response_alg: 'RS256' },
      setUp: (each) => {
        oidc.useJwtResponseMode(each)
        oidc.enableDecryptingResponses(each, [enc], { key: privateKey, kid: `enc ${alg}`, alg })
      },
    })
    const { account, page, finish } = await login(host, configuration)
    const response = new URL(page.location ?? '').searchParams.get('response') ?? ''
    expect(decodeProtectedHeader(response)).toMatchObject(encryption)
    const tokens = await finish()
    expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject(encryption)
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, account.id)).toMatchObject({ sub: account.id })
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const userInfo = await fetch(`${host.issuer}/api/oidc/userinfo`, { headers })
    expect(decodeProtectedHeader(await userInfo.text())).toMatchObject(encryption)
    expect(host.errors).toEqual([])
  })

  test('sends signed requests, and unsigned ones are rejected if signing is required', async () => {
    await using host = await startHost()
    const { privateKey, jwk } = await keyPair('EdDSA', 'sig')
    const { configuration, client } = await relyingParty(host, {
      protocol: { requireSignedRequestObject: true, jwks: { keys: [jwk] } },
    })
    const parameters = { redirect_uri: redirectUri, scope: 'openid', response_type: 'code' }
    const signed = await oidc.buildAuthorizationUrlWithJAR(configuration, parameters, {
      key: privateKey,
      kid: 'sig EdDSA',
    })
    const { page, agent } = await followAuthorization(host, signed.href)
    expect(new URL(page.location ?? '').searchParams.get('code')).toEqual(expect.any(String))

    const requestErrorCode = async (fields: Readonly<Record<string, string>>) => {
      const query = new URLSearchParams({ client_id: client.id, ...parameters, ...fields })
      const response = await agent.follow(await agent.get(`${host.issuer}/authorize?${query}`), {
        until: isRedirectUri,
      })
      if (response.location !== null) return new URL(response.location).searchParams.get('error')
      const view = viewOf(response)
      return view.view === 'error' ? view.code : view.view
    }
    expect(await requestErrorCode({})).toBe('invalid_request')
    const claims = { client_id: client.id, iss: client.id, aud: host.issuer, ...parameters }
    const none = `${base64url({ alg: 'none' })}.${base64url(claims)}.`
    expect(await requestErrorCode({ request: none })).toBe('invalid_request_object')
    const secret = new TextEncoder().encode('x'.repeat(32))
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    expect(await requestErrorCode({ request: symmetric })).toBe('invalid_request_object')
    const { privateKey: foreign } = await keyPair('EdDSA', 'sig')
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: 'sig EdDSA' }).sign(foreign)
    expect(await requestErrorCode({ request: forged })).toBe('invalid_request_object')
    expect(host.errors).toEqual([])
  })

  test('binds its tokens to a key (DPoP), and a proof works once', async () => {
    await using host = await startHost()
    const { configuration, client, secret } = await relyingParty(host, { protocol: { dpopBoundAccessTokens: true } })
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const { account, finish } = await login(host, configuration)
    const tokens = await finish({ DPoP })
    expect(tokens.token_type).toBe('dpop')
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, account.id, { DPoP })).toMatchObject({
      sub: account.id,
    })
    const bare = await fetch(`${host.issuer}/api/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(bare.status).toBe(401)
    const unbound = await requestClientCredentials(host, { client_id: client.id, client_secret: secret }, {}, false)
    expect([unbound.status, await readError(unbound)]).toMatchObject([400, { error: 'invalid_grant' }])
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const proof = await new SignJWT({ htm: 'POST', htu: `${host.issuer}/api/oidc/token`, jti: 'once' })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .setIssuedAt()
      .sign(privateKey)
    const sendRequest = () =>
      requestClientCredentials(host, { client_id: client.id, client_secret: secret }, { DPoP: proof }, false)
    const responses = await Promise.all(Array.from({ length: 20 }, sendRequest))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    const rejected = responses.filter(({ status }) => status !== 200)
    expect(await readError(rejected[0] ?? unbound)).toMatchObject({ error: 'invalid_grant' })
    expect(host.errors).toEqual([])
  })
})

describe('FAPI 2.0 client', () => {
  async function fapiClient(host: Host) {
    const { privateKey, jwk } = await keyPair('PS256', 'sig')
    const party = await relyingParty(host, {
      protocol: { fapi: true, jwks: { keys: [jwk] } },
      metadata: { id_token_signed_response_alg: 'PS256' },
      authentication: oidc.PrivateKeyJwt({ key: privateKey, kid: 'sig PS256' }),
    })
    return { ...party, DPoP: oidc.getDPoPHandle(party.configuration, await oidc.randomDPoPKeyPair('ES256')) }
  }

  test('signs users in with pushed requests, PKCE, bound tokens and PS256', async () => {
    await using host = await startHost()
    const { configuration, DPoP } = await fapiClient(host)
    const verifier = oidc.randomPKCECodeVerifier()
    const url = await oidc.buildAuthorizationUrlWithPAR(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid',
      state: 's',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const { page } = await followAuthorization(host, url.href)
    const returned = new URL(page.location ?? '')
    expect(returned.searchParams.get('iss')).toBe(host.issuer)
    const checks = { pkceCodeVerifier: verifier, expectedState: 's' }
    const tokens = await oidc.authorizationCodeGrant(configuration, returned, checks, undefined, { DPoP })
    expect(tokens.token_type).toBe('dpop')
    expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject({ alg: 'PS256' })
    const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP })
    expect(refreshed.refresh_token ?? tokens.refresh_token).toBe(tokens.refresh_token)
    expect(host.errors).toEqual([])
  })

  test.each([
    [50, true],
    [70, false],
  ])('exchanges its code after %d seconds: %s', async (seconds, succeeds) => {
    let ahead = 0
    const now = Date.now.bind(Date)
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead)
    await using host = await startHost()
    const { configuration, DPoP } = await fapiClient(host)
    const verifier = oidc.randomPKCECodeVerifier()
    const url = await oidc.buildAuthorizationUrlWithPAR(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const { page } = await followAuthorization(host, url.href)
    const returned = new URL(page.location ?? '')
    ahead = seconds * 1000
    const exchange = oidc.authorizationCodeGrant(configuration, returned, { pkceCodeVerifier: verifier }, undefined, {
      DPoP,
    })
    const outcome = await exchange.then(
      () => true,
      (error: unknown) => error,
    )
    clock.mockRestore()
    expect(outcome).toEqual(succeeds || expect.objectContaining({ error: 'invalid_grant' }))
  })

  test('gets an error if the request is not pushed or has no PKCE', async () => {
    await using host = await startHost()
    const { configuration, client } = await fapiClient(host)
    const query = new URLSearchParams({
      client_id: client.id,
      redirect_uri: redirectUri,
      scope: 'openid',
      response_type: 'code',
    })
    const { page } = await skipConsent(host, `${host.issuer}/authorize?${query}`)
    expect(page).toBe('invalid_request')
    const bare = oidc.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri, scope: 'openid' })
    await expect(bare).rejects.toMatchObject({ error: 'invalid_request' })
  })
})

test.each<[string, ClientProtocolInput, string]>([
  ['needs keys', { tokenEndpointAuthMethod: 'private_key_jwt' }, 'protocol.jwks'],
  ['needs keys', { idTokenEncryptedResponse: { alg: 'RSA-OAEP', enc: 'A128GCM' } }, 'protocol.jwks'],
  ['needs keys', { requireSignedRequestObject: true }, 'protocol.jwks'],
  ['needs keys', { fapi: true }, 'protocol.jwks'],
  [
    'has an http sector identifier',
    { subjectType: 'pairwise', sectorIdentifierUri: 'http://app.example/' },
    'protocol.sectorIdentifierUri',
  ],
  ['discloses a secret', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, 'protocol.jwks.keys[0]'],
  ['has an invalid key', { jwks: { keys: [{ kty: 'RSA', e: 'AQAB' }] } }, 'protocol.jwks.keys[0]'],
  ['has keys in two places', { jwks: { keys: [] }, jwksUri: 'https://app.example/jwks' }, 'protocol.jwks'],
  [
    'has a sector identifier that cannot be fetched',
    { subjectType: 'pairwise', sectorIdentifierUri: 'https://127.0.0.1/sector' },
    'protocol.sectorIdentifierUri',
  ],
])('rejects a client that %s: %j', async (_why, protocol, field) => {
  await using host = await startHost()
  await expect(relyingParty(host, { protocol })).rejects.toMatchObject({
    code: 'validation_failed',
    fields: [{ field }],
  })
})

test('accepts a sector identifier whose document lists every redirect URI', async () => {
  const lists: Record<string, unknown> = {
    'https://sector.example/all': [redirectUri, 'https://other.example/'],
    'https://sector.example/some': [redirectUri],
  }
  const read = async (url: string | URL) => Response.json(lists[String(url)] ?? null)
  await using host = await startHost({ options: { protocol: { fetch: read } } })
  const redirectUris = [redirectUri, 'https://other.example/']
  const register = (sectorIdentifierUri: string) =>
    relyingParty(host, { client: { redirectUris }, protocol: { subjectType: 'pairwise', sectorIdentifierUri } })
  await expect(register('https://sector.example/some')).rejects.toMatchObject({ code: 'validation_failed' })
  const { configuration } = await register('https://sector.example/all')
  const person = await host.person('ada')
  const readSubject = async (party: oidc.Configuration, redirect: string) => {
    const { finish } = await login(host, party, { redirect_uri: redirect }, { person })
    return (await finish()).claims()?.sub
  }
  const subject = await readSubject(configuration, redirectUri)
  expect(subject).not.toBe(person.account.id)
  // Clients of one sector receive the same subject, whatever their redirect URIs.
  const { configuration: sibling } = await relyingParty(host, {
    client: { redirectUris: ['https://other.example/'] },
    protocol: { subjectType: 'pairwise', sectorIdentifierUri: 'https://sector.example/all' },
  })
  expect(await readSubject(sibling, 'https://other.example/')).toBe(subject)
})

async function signAssertion(host: Host, clientId: string, key: CryptoKey): Promise<string> {
  return new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: 'sig ES256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(host.issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(key)
}

function requestClientCredentials(
  host: Host,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  withAssertion = true,
): Promise<Response> {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const assertion = withAssertion ? { client_assertion_type: type } : {}
  return fetch(`${host.issuer}/api/oidc/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: 'client_credentials', ...assertion, ...fields }),
  })
}

async function skipConsent(host: Host, url: string) {
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  return { page: location === null ? undefined : new URL(location, host.issuer).searchParams.get('error') }
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
