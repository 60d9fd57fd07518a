import { beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { createParty, logIn, type Party } from '../conformance/party.ts'
import { shareHost, viewOf, visit } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

const own = await generateKeyPair('RS256', { extractable: true })
const foreign = await generateKeyPair('RS256', { extractable: true })
const ownJwk = { ...(await exportJWK(own.publicKey)), kid: 'own', use: 'sig', alg: 'RS256' }
const now = () => Math.floor(Date.now() / 1000)
const encodePart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Claims = Readonly<Record<string, unknown>>
type Header = Readonly<Record<string, unknown>>
type Key = Parameters<SignJWT['sign']>[0]

function sign(claims: Claims, header: Header = {}, key: Key = own.privateKey): Promise<string> {
  const all = { alg: 'RS256', kid: 'own', ...header } as JWTHeaderParameters
  return new SignJWT({ ...claims }).setProtectedHeader(all).sign(key)
}

/** The possible defects of a signature, for any payload; `pem` is the public key of the signer. */
function createBadSignatures(claims: Claims, jwk: JWK, header: Header = {}) {
  const encodeSecret = (text: string) => new TextEncoder().encode(text)
  const cases: Readonly<Record<string, () => Promise<string>>> = {
    'no signature': async () => `${encodePart({ alg: 'none', ...header })}.${encodePart(claims)}.`,
    'no signature, in mixed case': async () => `${encodePart({ alg: 'nOnE', ...header })}.${encodePart(claims)}.`,
    'an empty signature': async () => `${encodePart({ alg: 'RS256', kid: jwk.kid, ...header })}.${encodePart(claims)}.`,
    'the public key as a secret, as JSON': () =>
      sign(claims, { ...header, alg: 'HS256', kid: jwk.kid }, encodeSecret(JSON.stringify(jwk))),
    'the public key as a secret, as PEM': async () =>
      sign(
        claims,
        { ...header, alg: 'HS256', kid: jwk.kid },
        encodeSecret(await exportSPKI((await importJWK(jwk, 'RS256')) as CryptoKey)),
      ),
    'another key with the same key ID': () => sign(claims, { ...header, kid: jwk.kid }, foreign.privateKey),
    'another key with its own key ID': () => sign(claims, { ...header, kid: 'foreign' }, foreign.privateKey),
    'another key in its header': async () =>
      sign(claims, { kid: jwk.kid, jwk: await exportJWK(foreign.publicKey), ...header }, foreign.privateKey),
    'another key at a URL in its header': () =>
      sign(claims, { ...header, jku: 'https://evil.example/jwks', kid: 'foreign' }, foreign.privateKey),
    'a path as its key ID': () => sign(claims, { ...header, kid: '../../dev/null' }, foreign.privateKey),
    'changed claims': async () => {
      const [head, , signature] = (await sign(claims, { ...header, kid: jwk.kid })).split('.')
      return `${head}.${encodePart({ ...claims, sub: 'admin' })}.${signature}`
    },
    'an unknown critical header': async () =>
      `${encodePart({ alg: 'RS256', kid: jwk.kid, crit: ['x'], x: 1, ...header })}.${encodePart(claims)}.AAAA`,
    'four parts': async () => `${await sign(claims, header)}.x`,
    'two parts': async () => 'x.y',
    'a header that is not JSON': async () => `${Buffer.from('{').toString('base64url')}.${encodePart(claims)}.AAAA`,
    'null as its header': async () => `${encodePart(null)}.${encodePart(null)}.AAAA`,
    'a list as its header': async () => `${encodePart([])}.${encodePart([])}.AAAA`,
    'a NUL in its key ID': async () =>
      `${encodePart({ alg: 'RS256', kid: '\0', ...header })}.${encodePart(claims)}.AAAA`,
    'a number as its algorithm': async () => `${encodePart({ alg: 1, ...header })}.${encodePart(claims)}.AAAA`,
    'encryption without a key': async () => `${encodePart({ alg: 'dir', enc: 'A128GCM' })}..AAAA.AAAA.AAAA`,
    'a large payload': () => sign({ ...claims, filler: 'x'.repeat(4_000) }, header, foreign.privateKey),
  }
  return cases
}

const kindsOfSignature = Object.keys(createBadSignatures({}, ownJwk))

describe('signature verification', () => {
  const host = shareHost()
  const agent = new UserAgent()

  const createClientWithKeys = (protocol = {}) =>
    host.client({ redirectUris: [redirectUri], protocol: { jwks: { keys: [ownJwk] }, ...protocol } })

  describe('client assertion', () => {
    const claimsFor = (id: string) => ({
      iss: id,
      sub: id,
      aud: host.issuer,
      jti: crypto.randomUUID(),
      iat: now(),
      exp: now() + 60,
    })

    async function attempt(id: string, assertion: string) {
      const response = await sendForm(host, 'token', {
        grant_type: 'client_credentials',
        client_id: id,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      })
      expect(host.errors).toEqual([])
      return `${response.status} ${((await response.json()) as { error?: string }).error}`
    }

    /** RFC 6749 §5.2: an unreadable request is an invalid_request. */
    const refused = /^(401 invalid_client|400 invalid_request)$/

    const createAssertionClient = () => createClientWithKeys({ tokenEndpointAuthMethod: 'private_key_jwt' })

    test('is accepted if it is valid', async () => {
      const { client } = await createAssertionClient()
      expect(await attempt(client.id, await sign(claimsFor(client.id)))).toBe('200 undefined')
    })

    test.each(kindsOfSignature)('with %s is rejected', async (kind) => {
      const { client } = await createAssertionClient()
      const token = await createBadSignatures(claimsFor(client.id), ownJwk)[kind]?.()
      expect(await attempt(client.id, token ?? '')).toMatch(refused)
    })

    test.each<[string, Claims]>([
      ['has expired', { exp: now() - 60 }],
      ['is not valid yet', { nbf: now() + 600 }],
      ['was issued in the future', { iat: now() + 600, exp: now() + 700 }],
      ['has no expiry', { exp: undefined }],
      ['has an expiry in words', { exp: 'tomorrow' }],
      ['expires in a week', { exp: now() + 7 * 24 * 3600 }],
      ['practically never expires', { exp: 1e300 }],
      ['has no `jti`', { jti: undefined }],
      ['has an object as its `jti`', { jti: { a: 1 } }],
      ['has no audience', { aud: undefined }],
      ['is for another server', { aud: 'https://evil.example' }],
      ['has an empty audience', { aud: [] }],
      ['has another issuer', { iss: 'another' }],
      ['has another subject', { sub: 'another' }],
      ['has no subject', { sub: undefined }],
      ['has lists as subject and issuer', { sub: ['a'], iss: ['a'] }],
    ])('that %s is rejected', async (_why, changes) => {
      const { client } = await createAssertionClient()
      expect(await attempt(client.id, await sign({ ...claimsFor(client.id), ...changes }))).toMatch(refused)
    })
  })

  describe('request object', () => {
    async function attempt(id: string, request: string) {
      const response = await visit(agent, authorizationUrl(host, id, { request }))
      expect(host.errors).toEqual([])
      return response.location === null ? response.status : new URL(response.location).searchParams.get('error')
    }

    const claimsFor = (id: string): Claims => ({
      iss: id,
      aud: host.issuer,
      client_id: id,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
      exp: now() + 60,
    })

    test('is accepted if it is valid', async () => {
      const { client } = await createClientWithKeys()
      expect(await attempt(client.id, await sign(claimsFor(client.id)))).toBe(200)
    })

    test.each(kindsOfSignature)('with %s is rejected', async (kind) => {
      const { client } = await createClientWithKeys()
      const token = await createBadSignatures(claimsFor(client.id), ownJwk)[kind]?.()
      expect(await attempt(client.id, token ?? '')).toBe('invalid_request_object')
    })

    test.each<[string, Claims]>([
      ['has expired', { exp: now() - 60 }],
      ['is not valid yet', { nbf: now() + 600 }],
      ['is for another server', { aud: 'https://evil.example' }],
      ['has another issuer', { iss: 'another' }],
      ['is of another client', { client_id: 'another' }],
      ['contains a request object', { request: 'x.y.z' }],
      ['contains a request URI', { request_uri: 'urn:x' }],
    ])('that %s is rejected', async (_why, changes) => {
      const { client } = await createClientWithKeys()
      expect(await attempt(client.id, await sign({ ...claimsFor(client.id), ...changes }))).toBe(
        'invalid_request_object',
      )
    })

    test('cannot use a redirect URI that is not registered', async () => {
      const { client } = await createClientWithKeys()
      const request = await sign({ ...claimsFor(client.id), redirect_uri: 'https://evil.example/' })
      expect(await attempt(client.id, request)).toBe(400)
    })
  })

  describe('DPoP proof', () => {
    const tokenEndpointUrl = () => `${host.issuer}/api/oidc/token`
    const proofClaims = () => ({ htm: 'POST', htu: tokenEndpointUrl(), jti: crypto.randomUUID(), iat: now() })

    async function attempt(proof: string) {
      const { client, secret } = await host.client({})
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.id,
        client_secret: secret,
      })
      const response = await fetch(tokenEndpointUrl(), { method: 'POST', body, headers: { dpop: proof } })
      expect(host.errors).toEqual([])
      return [response.status, ((await response.json()) as { error?: string }).error]
    }

    const key = generateKeyPair('ES256', { extractable: true })
    const proofHeader = async () =>
      ({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK((await key).publicKey), kid: undefined }) as const

    test('is accepted if it is valid', async () => {
      expect(await attempt(await sign(proofClaims(), await proofHeader(), (await key).privateKey))).toEqual([
        200,
        undefined,
      ])
    })

    test.each<[string, Claims]>([
      ['is old', { iat: now() - 3600 }],
      ['was issued in the future', { iat: now() + 3600 }],
      ['has no `iat`', { iat: undefined }],
      ['is for another method', { htm: 'GET' }],
      ['is for another URL', { htu: 'https://evil.example/api/oidc/token' }],
      ['is for an invalid URL', { htu: 'nonsense' }],
      ['has no `jti`', { jti: undefined }],
      ['has a nonce that was not issued', { nonce: 'mine' }],
    ])('that %s is rejected', async (_why, changes) => {
      const [status, error] = await attempt(
        await sign({ ...proofClaims(), ...changes }, await proofHeader(), (await key).privateKey),
      )
      expect([status, error]).toEqual([400, expect.stringMatching(/^(invalid_dpop_proof|use_dpop_nonce)$/)])
    })

    test.each<[string, (header: Awaited<ReturnType<typeof proofHeader>>) => Promise<string>]>([
      ['no signature', async (header) => `${encodePart({ ...header, alg: 'none' })}.${encodePart(proofClaims())}.`],
      ['another signature', async (header) => sign(proofClaims(), { ...header, alg: 'RS256' }, foreign.privateKey)],
      [
        'a secret as its key',
        async (header) =>
          `${encodePart({ ...header, alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } })}.${encodePart(proofClaims())}.AAAA`,
      ],
      [
        'a private key in its header',
        async (header) =>
          sign(proofClaims(), { ...header, jwk: await exportJWK((await key).privateKey) }, (await key).privateKey),
      ],
      ['no key', async (header) => `${encodePart({ ...header, jwk: undefined })}.${encodePart(proofClaims())}.AAAA`],
      [
        'an odd key',
        async (header) =>
          `${encodePart({ ...header, jwk: { kty: 'EC', crv: 'P-256', x: 1 } })}.${encodePart(proofClaims())}.AAAA`,
      ],
      ['another type', async (header) => sign(proofClaims(), { ...header, typ: 'JWT' }, (await key).privateKey)],
      ['nothing', async () => 'x'],
      ['a second proof', async (header) => `${await sign(proofClaims(), header, (await key).privateKey)}, x.y.z`],
    ])('with %s is rejected', async (_why, make) => {
      expect(await attempt(await make(await proofHeader()))).toEqual([400, 'invalid_dpop_proof'])
    })
  })
})

describe('tokens that the provider signed', () => {
  const host = shareHost()
  let party: Party
  let idToken: string
  let accessToken: string
  let claims: Claims
  let ours: JWK

  beforeAll(async () => {
    party = await createParty(host, {
      client: { postLogoutRedirectUris: ['https://app.example/bye'] },
      protocol: { jwtAccessTokens: true },
    })
    const login = await logIn(party)
    idToken = login.idToken
    accessToken = login.tokens.access_token
    claims = { ...login.claims }
    const { keys } = (await (await fetch(`${host.issuer}/.well-known/jwks.json`)).json()) as { keys: JWK[] }
    ours = keys.find(({ kty }) => kty === 'RSA') ?? {}
  })

  async function authorizeWithHint(hint: string): Promise<string | number | null> {
    const result = await visit(party.agent, authorizationUrl(host, party, { prompt: 'none', id_token_hint: hint }))
    expect(host.errors).toEqual([])
    const response = new URL(result.location ?? 'https://page.example/').searchParams
    return response.get('error') ?? (response.has('code') ? 'code' : result.status)
  }

  async function signOutWith(hint: string): Promise<string> {
    const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: 'https://app.example/bye' })
    const page = await party.agent.get(`${host.issuer}/api/oidc/end-session?${query}`)
    expect([host.errors, page.location, page.status]).toEqual([[], null, 200])
    return viewOf(page).view
  }

  test('an ID token is accepted as a hint', async () => {
    expect(await authorizeWithHint(idToken)).toBe('code')
  })

  test('an access token does not sign a user out', async () => {
    const query = new URLSearchParams({ id_token_hint: accessToken })
    const page = await party.agent.get(`${host.issuer}/api/oidc/end-session?${query}`)
    expect(viewOf(page)).toMatchObject({ view: 'sign-out' })
    expect(await authorizeWithHint(idToken)).toBe('code')
  })

  test.each(kindsOfSignature)('an ID token with %s is not accepted as a hint', async (kind) => {
    const token = (await createBadSignatures(claims, ours)[kind]?.()) ?? ''
    expect([await authorizeWithHint(token), await signOutWith(token)]).toEqual(['invalid_request', 'sign-out'])
    expect(await authorizeWithHint(idToken)).toBe('code')
  })

  test('an ID token of another user or another client is ignored as a hint for sign-in and sign-out', async () => {
    const other = await createParty(host)
    const { idToken: others } = await logIn({ ...other, person: await host.person('bob') })
    expect(await authorizeWithHint(others)).toBe('invalid_request')
    const query = new URLSearchParams({ id_token_hint: others, client_id: party.client.id })
    expect(viewOf(await party.agent.get(`${host.issuer}/api/oidc/end-session?${query}`)).view).toBe('sign-out')
    expect(await authorizeWithHint(idToken)).toBe('code')
  })

  test.each([...kindsOfSignature, 'the ID token in its place'])(
    'an access token with %s gives no access',
    async (kind) => {
      const body = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as Claims
      const token = (await createBadSignatures(body, ours, { typ: 'at+jwt' })[kind]?.()) ?? idToken
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${host.issuer}/api/oidc/userinfo`, { headers })
      expect([response.status, await response.json(), host.errors]).toMatchObject([401, { error: 'invalid_token' }, []])
      const { client, secret } = party
      for (const endpoint of ['introspect', 'revoke']) {
        const shown = await sendForm(host, endpoint, { client_id: client.id, client_secret: secret, token })
        expect([200, 400]).toContain(shown.status)
        if (endpoint === 'introspect' && shown.status === 200) expect(await shown.json()).toEqual({ active: false })
        const bearer = await sendForm(host, endpoint, { token: 'x' }, headers)
        expect([400, 401]).toContain(bearer.status)
      }
      expect(host.errors).toEqual([])
    },
  )

  test('every response includes the issuer, errors too (RFC 9207)', async () => {
    for (const more of [{ prompt: 'none' }, { prompt: 'nonsense' }, { response_type: 'token' }, { claims: '[]' }]) {
      const location = new URL((await visit(party.agent, authorizationUrl(host, party, more))).location ?? '')
      const response = location.hash === '' ? location.searchParams : new URLSearchParams(location.hash.slice(1))
      expect([more, response.get('iss')]).toEqual([more, host.issuer])
    }
  })
})
