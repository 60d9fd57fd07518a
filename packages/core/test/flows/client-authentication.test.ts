import { describe, expect, test } from '@jest/globals'
import { createPublicFetch, type NewClientInput } from '@pocket/core'
import { startHttpServer } from '@pocket/test-support'
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose'
import * as oidc from 'openid-client'
import { signJwt, signProof } from './client-jwts.ts'
import { type Host, minute, shareHost, startHost } from './host.ts'
import { login, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

const host = shareHost()

const grant = { grant_type: 'client_credentials' }
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const endpoints = ['token', 'introspect', 'revoke', 'par', 'device/authorize']
/** The parameters of each authentication method besides the client ID. */
const everything = {
  ...grant,
  token: 'unknown',
  response_type: 'code',
  scope: 'openid',
  redirect_uri: 'https://client.example',
}
const encodeBase64 = (text: string) => Buffer.from(text).toString('base64')
const encodeBasic = (id: string, secret: string) =>
  `Basic ${encodeBase64(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`

async function requestToken(host: Host, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await sendForm(host, 'token', { ...grant, ...form }, headers)
  return { status: response.status, ...((await response.json()) as { error?: string; access_token?: string }) }
}

describe('client secret', () => {
  test('is accepted in the header, in the body, and in both if they agree', async () => {
    const { client, secret } = await host.client({})
    const header = { authorization: encodeBasic(client.id, secret) }
    const form = { client_id: client.id, client_secret: secret }
    for (const [body, headers] of [
      [{}, header],
      [form, {}],
      [form, header],
      [{ client_id: client.id }, header],
    ] as const)
      expect(await requestToken(host, body, headers)).toMatchObject({ status: 200 })
    expect(await requestToken(host, { ...form, client_secret: 'another one of them' }, header)).toMatchObject({
      status: 400,
      error: 'invalid_request',
    })
    expect(await requestToken(host, { ...form, client_id: 'another' }, header)).toMatchObject({ status: 400 })
    const wrong = { ...form, client_secret: 'x' }
    expect(await requestToken(host, wrong, { authorization: encodeBasic(client.id, 'x') })).toMatchObject({
      status: 401,
    })
  })

  test.each(['100%-sure-it-is-secret', 'a+b+c+d+e+f+g+h+i+j', 'plain-and-simple-text'])(
    'that the client does not encode is accepted: %s',
    async (chosen) => {
      const { client } = await host.client({})
      await host.pocket.clients.addSecret(client.id, { secret: chosen })
      const form = { client_id: client.id, client_secret: chosen }
      for (const authorization of [encodeBasic(client.id, chosen), `Basic ${encodeBase64(`${client.id}:${chosen}`)}`])
        for (const fields of [{}, form])
          expect(await requestToken(host, fields, { authorization })).toMatchObject({ status: 200 })
    },
  )

  test('is accepted in both places at every endpoint, and a wrong one gets a challenge (RFC 6749 §5.2)', async () => {
    const { client, secret } = await host.client({})
    for (const endpoint of endpoints) {
      const sendRequest = async (input: string, inBody = true) => {
        const form = { client_id: client.id, ...(inBody && { client_secret: input }) }
        const headers = { authorization: encodeBasic(client.id, input) }
        const response = await sendForm(host, endpoint, { ...everything, ...form }, headers)
        return [endpoint, response.status, response.headers.get('www-authenticate')]
      }
      expect(await sendRequest(secret)).toEqual([endpoint, endpoint === 'par' ? 201 : 200, null])
      for (const inBody of [true, false])
        expect(await sendRequest('wrong', inBody)).toEqual([
          endpoint,
          401,
          expect.stringMatching(/^Basic realm=".+error="invalid_client"/),
        ])
    }
  })

  test('a public client may send its client ID in the header', async () => {
    const { client } = await host.client({ isPublic: true })
    const form = { grant_type: 'authorization_code', code: 'none', redirect_uri: 'https://client.example' }
    const authorization = `Basic ${encodeBase64(`${client.id}:`)}`
    expect(await requestToken(host, { ...form, code_verifier: 'a'.repeat(43) }, { authorization })).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    })
  })

  test('records its last use, at most once a minute', async () => {
    await using host = await startHost()
    const { client, secret } = await host.client({})
    const other = await host.pocket.clients.addSecret(client.id)
    const authorization = encodeBasic(client.id, secret)
    let notes = 0
    const { recordSecretUse } = host.stores.clients
    host.stores.clients.recordSecretUse = async (...input) => {
      notes++
      await recordSecretUse.apply(host.stores.clients, input)
    }
    for (let uses = 0; uses < 3; uses++) await requestToken(host, {}, { authorization })
    await requestToken(host, {}, { authorization: encodeBasic(client.id, 'x') })
    await host.pocket[Symbol.asyncDispose]()
    expect(notes).toBe(1)
    const uses = await host.pocket.clients.secretUses(client.id)
    expect([...uses.values()]).toEqual([expect.any(Number)])
    expect(uses.has(other.stored.id)).toBe(false)
    host.clock.pass(2 * minute)
    await requestToken(host, {}, { authorization })
    await host.pocket[Symbol.asyncDispose]()
    expect(notes).toBe(2)
  })

  test('accepts a body in chunks and rejects one that is too long or empty', async () => {
    const { client, secret } = await host.client({})
    const body = new URLSearchParams({ ...grant, client_id: client.id, client_secret: secret }).toString()
    const pieces = new ReadableStream({
      async start(controller) {
        for (const piece of [body.slice(0, 5), body.slice(5, 40), body.slice(40)]) {
          controller.enqueue(new TextEncoder().encode(piece))
          await new Promise((resolve) => setImmediate(resolve))
        }
        controller.close()
      },
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const url = `${host.issuer}/api/oidc/token`
    const init = { method: 'POST', headers: { ...headers, authorization: encodeBasic(client.id, secret) } }
    expect((await fetch(url, { ...init, body: pieces, duplex: 'half' } as RequestInit)).status).toBe(200)
    expect((await fetch(url, { ...init, body: `${body}&filler=${'x'.repeat(60_000)}` })).status).toBe(413)
    expect((await fetch(url, { ...init, body: '' })).status).toBe(400)
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200)
  })
})

const signAssertion = (claims: JWTPayload, key: CryptoKey | Uint8Array, alg: string, kid?: string) =>
  signJwt(key, { alg, ...(kid !== undefined && { kid }) }, claims)

describe('client assertion', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('private_key_jwt with an inline key, %s', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] }
    const client = await host.pocket.clients.create({
      name: 'Keys',
      redirectUris: ['https://client.example'],
      protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks },
    })
    const claims = { iss: client.id, sub: client.id, aud: `${host.issuer}/api/oidc/token` }
    const client_assertion = await signAssertion(claims, privateKey, alg, 'k')
    const form = { client_assertion, client_assertion_type: assertionType }
    expect(await requestToken(host, form)).toMatchObject({ status: 200 })
    expect(await requestToken(host, form)).toMatchObject({ status: 401, error: 'invalid_client' })
    const forged = await signAssertion(claims, (await generateKeyPair(alg)).privateKey, alg, 'k')
    expect(await requestToken(host, { ...form, client_assertion: forged })).toMatchObject({ status: 401 })
    const elsewhere = await signAssertion({ ...claims, aud: 'https://other.example' }, privateKey, alg, 'k')
    expect(await requestToken(host, { ...form, client_assertion: elsewhere })).toMatchObject({ status: 401 })
    const confused = await signAssertion(claims, new TextEncoder().encode(JSON.stringify(jwks)), 'HS256', 'k')
    expect(await requestToken(host, { ...form, client_assertion: confused })).toMatchObject({ status: 401 })
    expect(await requestToken(host, { client_id: client.id, client_secret: 'x' })).toMatchObject({ status: 401 })
  })

  test('client_secret_jwt works with a secret that was generated for it, and with no other', async () => {
    const { client, secret: before } = await host.client({})
    const changed = { ...client, protocol: { tokenEndpointAuthMethod: 'client_secret_jwt' } } as const
    await host.pocket.clients.update(client.id, changed)
    const claims = { iss: client.id, sub: client.id, aud: host.issuer }
    const attempt = async (secret: string) =>
      requestToken(host, {
        client_assertion: await signAssertion(claims, new TextEncoder().encode(secret), 'HS256'),
        client_assertion_type: assertionType,
      })
    expect(await attempt(before)).toMatchObject({ status: 401 })
    const { plain, stored } = await host.pocket.clients.addSecret(client.id)
    expect(JSON.stringify(await host.stores.clients.find(client.id))).not.toContain(plain)
    expect(stored).not.toHaveProperty('sealed')
    expect(await attempt(plain)).toMatchObject({ status: 200 })
    await host.pocket.clients.update(client.id, { ...client, protocol: { tokenEndpointAuthMethod: 'client_secret' } })
    expect(await attempt(plain)).toMatchObject({ status: 401 })
    expect(JSON.stringify(await host.stores.clients.find(client.id))).not.toContain('sealed')
    expect(await requestToken(host, {}, { authorization: encodeBasic(client.id, plain) })).toMatchObject({
      status: 200,
    })
  })

  const encryption = { alg: 'RSA-OAEP', enc: 'A128GCM' } as const
  const pairwise = { subjectType: 'pairwise' } as const
  test.each<[string, Partial<NewClientInput>, string]>([
    ['no key', { protocol: { tokenEndpointAuthMethod: 'private_key_jwt' } }, 'protocol.jwks'],
    ['no encryption key', { protocol: { idTokenEncryptedResponse: encryption } }, 'protocol.jwks'],
    ['no key for its requests', { protocol: { requireSignedRequestObject: true } }, 'protocol.jwks'],
    ['no key for FAPI 2.0', { protocol: { fapi: true } }, 'protocol.jwks'],
    ['two sources', { protocol: { jwks: { keys: [] }, jwksUri: 'https://x.example/jwks' } }, 'protocol.jwks'],
    ['an invalid key', { protocol: { jwks: { keys: [{ kty: 'RSA', e: 'AQAB' }] } } }, 'protocol.jwks.keys[0]'],
    [
      'an http sector identifier',
      { protocol: { ...pairwise, sectorIdentifierUri: 'http://app.example/' } },
      'protocol.sectorIdentifierUri',
    ],
    [
      'a sector identifier that cannot be fetched',
      { protocol: { ...pairwise, sectorIdentifierUri: 'https://127.0.0.1/sector' } },
      'protocol.sectorIdentifierUri',
    ],
    [
      'a private key',
      { protocol: { jwks: { keys: [{ kty: 'RSA', n: 'a', e: 'AQAB', d: 'a' }] } } },
      'protocol.jwks.keys[0]',
    ],
    ['a symmetric key', { protocol: { jwks: { keys: [{ kty: 'oct', k: 'a' }] } } }, 'protocol.jwks.keys[0]'],
    [
      'a public client',
      { isPublic: true, protocol: { tokenEndpointAuthMethod: 'client_secret_jwt' } },
      'protocol.tokenEndpointAuthMethod',
    ],
  ])('rejects a client with %s', async (_, input, field) => {
    await expect(
      host.pocket.clients.create({ name: 'Wrong', redirectUris: ['https://client.example'], ...input }),
    ).rejects.toMatchObject({ code: 'validation_failed', fields: [expect.objectContaining({ field })] })
  })
})

/** Another issuer with its keys. */
async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'e', alg: 'ES256' }]
  let requestCount = 0
  const server = await startHttpServer((_req, res) => {
    requestCount++
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
  })
  const url = server.url
  return {
    url,
    asked: () => requestCount,
    sign: (claims: Record<string, unknown>, key = privateKey) =>
      signAssertion({ iss: url, ...claims }, key, 'ES256', 'e'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('federated identity', () => {
  const allowed = { protocol: { fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] }) } }
  const identity = { subject: null, audience: null, jwks: null, replayProtection: true }

  test('accepts the assertion at every endpoint, and as a bearer token at introspection', async () => {
    await using other = await startIssuer()
    await using host = await startHost({ options: allowed })
    const { client } = await host.client({ federatedIdentities: [{ ...identity, issuer: other.url }] })
    const sendRequest = async (
      endpoint: string,
      fields: Record<string, string>,
      headers: Record<string, string> = {},
    ) => {
      const response = await sendForm(host, endpoint, { ...everything, client_id: client.id, ...fields }, headers)
      return [endpoint, response.status, await response.text()] as const
    }
    const good = { sub: client.id, aud: host.issuer }
    for (const endpoint of endpoints)
      for (const [claims, statuses] of [
        [good, [200, 201]],
        [{ ...good, sub: 'another' }, [401]],
      ] as const) {
        const fields = { client_assertion: await other.sign(claims), client_assertion_type: assertionType }
        const [at, status] = await sendRequest(endpoint, fields)
        expect([at, statuses]).toEqual([endpoint, expect.arrayContaining([status])])
      }
    const { access_token: own = '' } = await requestToken(host, {
      client_id: client.id,
      client_assertion: await other.sign(good),
      client_assertion_type: assertionType,
    })
    const bearerHeader = async (claims: Record<string, unknown>) => ({
      authorization: `Bearer ${await other.sign(claims)}`,
    })
    const shown = await sendRequest('introspect', { token: own }, await bearerHeader(good))
    expect([shown[1], JSON.parse(shown[2])]).toMatchObject([200, { active: true }])
    expect((await sendRequest('introspect', { token: own }, await bearerHeader({ ...good, aud: 'another' })))[1]).toBe(
      401,
    )
  })

  test('accepts an assertion again without replay protection, and never without an identity', async () => {
    await using other = await startIssuer()
    await using host = await startHost({ options: allowed })
    const open = { ...identity, issuer: other.url, replayProtection: false }
    const { client } = await host.client({ federatedIdentities: [open] })
    const { client: otherUser } = await host.client({ name: 'Stranger' })
    const client_assertion = await other.sign({ sub: client.id, aud: host.issuer })
    const form = { client_assertion, client_assertion_type: assertionType }
    for (let times = 0; times < 2; times++) expect(await requestToken(host, form)).toMatchObject({ status: 200 })
    expect(await requestToken(host, { ...form, client_id: otherUser.id })).toMatchObject({ status: 400 })
  })

  test('does not call an issuer at a private address unless an administrator allows it', async () => {
    await using other = await startIssuer()
    await using host = await startHost({ options: { protocol: { fetch: createPublicFetch() } } })
    const { client } = await host.client({ federatedIdentities: [{ ...identity, issuer: other.url }] })
    const client_assertion = await other.sign({ sub: client.id, aud: host.issuer })
    expect(
      await requestToken(host, { client_id: client.id, client_assertion, client_assertion_type: assertionType }),
    ).toMatchObject({ status: 401, error: 'invalid_client' })
    expect(other.asked()).toBe(0)
  })
})

describe('introspection', () => {
  async function introspect(host: Host, form: Record<string, string>, headers: Record<string, string> = {}) {
    const init = { method: 'POST', body: new URLSearchParams(form), headers }
    const response = await fetch(`${host.issuer}/api/oidc/introspect`, init)
    return { status: response.status, ...((await response.json()) as object) }
  }

  /** An access token that is bound to a key (RFC 9449). */
  async function issueBoundToken(host: Host, credentials: Record<string, string>): Promise<string> {
    const DPoP = await signProof(await generateKeyPair('ES256'), 'POST', `${host.issuer}/api/oidc/token`)
    const response = await sendForm(host, 'token', { ...grant, ...credentials }, { DPoP })
    const { access_token = '', token_type } = (await response.json()) as { access_token?: string; token_type?: string }
    expect(token_type).toBe('DPoP')
    return access_token
  }

  test('without credentials gets a challenge (RFC 7662 §2.3)', async () => {
    const response = await sendForm(host, 'introspect', { token: 'unknown' })
    expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toEqual([
      401,
      expect.stringMatching(/^Basic realm=/),
      { error: 'invalid_client', error_description: expect.any(String) },
    ])
  })

  test('accepts a token of a public client as a credential, and not its client ID', async () => {
    const { configuration, client } = await relyingParty(host, {
      client: { isPublic: true },
      authentication: oidc.None(),
    })
    const { finish } = await login(host, configuration)
    const { access_token: own } = await finish()
    const { client: otherUser } = await host.client({ isPublic: true })
    for (const form of [{ token: own }, { token: 'unknown' }])
      for (const client_id of [client.id, otherUser.id])
        for (const accept of ['application/json', 'application/token-introspection+jwt'])
          expect(await introspect(host, { ...form, client_id }, { accept })).toMatchObject({
            status: 401,
            error: 'invalid_client',
          })
    const authorization = `Bearer ${own}`
    expect(await introspect(host, { token: own }, { authorization })).toMatchObject({ status: 200, active: true })
    expect((await introspect(host, { token: own }, { authorization: 'Bearer unknown' })).status).toBe(401)
  })

  test('accepts a token of the client in place of its secret', async () => {
    const { client, secret } = await host.client({})
    const authorization = encodeBasic(client.id, secret)
    const { access_token = '' } = await requestToken(host, {}, { authorization })
    const bearer = { authorization: `Bearer ${access_token}` }
    expect(await introspect(host, { token: access_token }, bearer)).toMatchObject({ status: 200, active: true })
    const { client: otherUser, secret: strange } = await host.client({ name: 'Stranger' })
    const theirs = await requestToken(host, {}, { authorization: encodeBasic(otherUser.id, strange) })
    expect(await introspect(host, { token: access_token }, { authorization: `Bearer ${theirs.access_token}` })).toEqual(
      { status: 200, active: false },
    )
    const bound = await issueBoundToken(host, { client_id: client.id, client_secret: secret })
    expect((await introspect(host, { token: access_token }, { authorization: `Bearer ${bound}` })).status).toBe(401)
    for (const wrong of ['Bearer nothing', 'Bearer a.b.c', ''])
      expect((await introspect(host, { token: access_token }, { authorization: wrong })).status).toBe(401)
  })
})
