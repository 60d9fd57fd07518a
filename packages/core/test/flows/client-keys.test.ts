import { describe, expect, jest, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import * as oidc from 'openid-client'
import { type Host, shareHost, startHost, visit } from './host.ts'
import { authorizationUrl, followAuthorization, login, redirectUri, relyingParty } from './login.ts'
import { redirectParameters } from './requests.ts'

const host = shareHost()

async function keyPair(alg: string, use: 'sig' | 'enc') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: `${use} ${alg}`, use, ...(use === 'enc' && { alg }) }
  return { privateKey, publicKey, jwk: jwk as Readonly<Record<string, unknown>> }
}

describe('client with its own keys', () => {
  test.each([
    ['RSA-OAEP', 'A256GCM'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ] as const)('gets ID tokens, UserInfo and authorization responses encrypted with %s', async (alg, enc) => {
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
  })

  test('sends signed requests, and unsigned ones are rejected if signing is required', async () => {
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

    const unsigned = await visit(agent, authorizationUrl(host, client.id))
    expect(redirectParameters(unsigned).error).toBe('invalid_request')
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
    const { configuration, client } = await fapiClient(host)
    const page = await visit(new UserAgent(), authorizationUrl(host, client.id))
    expect(redirectParameters(page).error).toBe('invalid_request')
    const bare = oidc.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri, scope: 'openid' })
    await expect(bare).rejects.toMatchObject({ error: 'invalid_request' })
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
