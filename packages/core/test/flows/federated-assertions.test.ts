import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createPublicFetch } from '@pocket/core'
import { startHttpServer } from '@pocket/test-support'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { allStoreKinds } from '../contracts/store-kinds.ts'
import { type Host, startHost } from './host.ts'
import { sendForm } from './requests.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const [ours, theirs] = await Promise.all([
  generateKeyPair('ES256', { extractable: true }),
  generateKeyPair('RS256', { extractable: true }),
])
const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'e', alg: 'ES256' }
const otherJwk = { ...(await exportJWK(theirs.publicKey)), kid: 'r', alg: 'RS256' }
const now = () => Math.floor(Date.now() / 1000)
const encodePart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

type Claims = Readonly<Record<string, unknown>>

/** Two issuers: one at `/a` and one at `/b`. */
async function startIssuers() {
  const server = await startHttpServer((req, res) => {
    const keys = req.url?.startsWith('/a/') ? [jwk] : [otherJwk]
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
  })
  return {
    url: server.url,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe.each(Object.entries(allStoreKinds).filter(([kind]) => kind === 'PostgreSQL'))('over %s', (_kind, open) => {
  const stack = new AsyncDisposableStack()
  let issuers: Awaited<ReturnType<typeof startIssuers>>
  let host: Host
  let another: Host
  let clientId: string

  beforeAll(async () => {
    issuers = stack.use(await startIssuers())
    const stores = await stack.use(await open()).empty()
    const options = { protocol: { fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'] }) } }
    host = stack.use(await startHost({ stores, options }))
    another = stack.use(await startHost({ stores, options: { ...options, issuer: host.issuer } }))
    const identity = { jwks: null, replayProtection: true }
    const { client } = await host.client({
      federatedIdentities: [
        { ...identity, issuer: `${issuers.url}/a`, subject: 'repo:a', audience: 'pocket' },
        { ...identity, issuer: `${issuers.url}/b`, subject: 'repo:b', audience: 'pocket' },
      ],
    })
    clientId = client.id
  })
  afterAll(async () => stack.disposeAsync())

  async function expectRefused(assertion: string): Promise<void> {
    expect([
      [401, 'invalid_client'],
      [400, 'invalid_request'],
      [413, 'invalid_request'],
    ]).toContainEqual(await attempt(assertion))
  }

  const claims = (extra: Claims = {}): JWTPayload => ({
    iss: `${issuers.url}/a`,
    sub: 'repo:a',
    aud: 'pocket',
    jti: crypto.randomUUID(),
    iat: now(),
    exp: now() + 300,
    ...(extra as JWTPayload),
  })
  const signAssertion = (payload: JWTPayload, header: { alg: string; kid?: string } = { alg: 'ES256', kid: 'e' }) =>
    new SignJWT(payload).setProtectedHeader(header).sign(header.alg === 'ES256' ? ours.privateKey : theirs.privateKey)

  async function attempt(assertion: string, target = host, id = clientId) {
    const form = { grant_type: 'client_credentials', client_id: id, client_assertion: assertion }
    const response = await sendForm(target, 'token', { ...form, client_assertion_type: assertionType })
    return [response.status, ((await response.json()) as { error?: string }).error]
  }

  test.each<[string, () => Claims]>([
    ['with the usual claims', () => ({})],
    ['for several audiences', () => ({ aud: ['https://other.example', 'pocket'] })],
    ['from a clock that is slightly ahead', () => ({ iat: now() + 20, nbf: now() + 20 })],
    ['without `iat`', () => ({ iat: undefined })],
    ['that lives for a year', () => ({ exp: now() + 365 * 24 * 3600 })],
  ])('accepts an assertion %s', async (_name, extra) => {
    expect(await attempt(await signAssertion(claims(extra())))).toEqual([200, undefined])
  })

  test.each<[string, () => Claims]>([
    ['of another issuer', () => ({ iss: 'https://evil.example' })],
    ['without an issuer', () => ({ iss: undefined })],
    ['with another subject', () => ({ sub: 'repo:x' })],
    ['with the subject of another issuer', () => ({ sub: 'repo:b' })],
    ['without a subject', () => ({ sub: undefined })],
    ['with a list as its subject', () => ({ sub: ['repo:a'] })],
    ['for another audience', () => ({ aud: 'other' })],
    ['for our issuer, where the identity names an audience', () => ({ aud: host.issuer })],
    ['without an audience', () => ({ aud: undefined })],
    ['with an object as its audience', () => ({ aud: { pocket: true } })],
    ['that has expired', () => ({ exp: now() - 60 })],
    ['without an expiry', () => ({ exp: undefined })],
    ['that practically never expires', () => ({ exp: 1e300 })],
    ['whose expiry is not a valid date', () => ({ exp: Number.MAX_SAFE_INTEGER })],
    ['with an expiry in words', () => ({ exp: 'tomorrow' })],
    ['that is not valid yet', () => ({ nbf: now() + 600 })],
    ['issued in the future', () => ({ iat: now() + 600 })],
    ['with an issue time in words', () => ({ iat: 'today' })],
    ['without `jti`', () => ({ jti: undefined })],
    ['with an empty `jti`', () => ({ jti: '' })],
    ['with an object as its `jti`', () => ({ jti: { a: 1 } })],
    ['with a huge body', () => ({ filler: 'x'.repeat(20_000) })],
  ])('rejects an assertion %s', async (_name, extra) => {
    await expectRefused(await signAssertion(claims(extra())))
    expect(host.errors).toEqual([])
  })

  test.each<[string, () => Promise<string>]>([
    ['with the keys of the client’s other issuer', () => signAssertion(claims(), { alg: 'RS256', kid: 'r' })],
    ['with an unknown key', () => signAssertion(claims(), { alg: 'ES256', kid: 'nobody' })],
    ['without a signature', async () => `${encodePart({ alg: 'none' })}.${encodePart(claims())}.`],
    [
      'with the algorithm `none` and a known key ID',
      async () => `${encodePart({ alg: 'none', kid: 'e' })}.${encodePart(claims())}.AAAA`,
    ],
    [
      'with the public key as a secret',
      async () => {
        const secret = new TextEncoder().encode(await exportSPKI(ours.publicKey))
        return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'e' }).sign(secret)
      },
    ],
    [
      'with a key from its own header',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'RS256', jwk: otherJwk, jku: `${issuers.url}/b/.well-known/jwks.json` })
          .sign(theirs.privateKey),
    ],
    [
      'with an unknown critical header',
      async () => {
        const [, payload, signature] = (await signAssertion(claims())).split('.')
        return `${encodePart({ alg: 'ES256', kid: 'e', crit: ['x'], x: 1 })}.${payload}.${signature}`
      },
    ],
    [
      'over other claims',
      async () => {
        const [header, , signature] = (await signAssertion(claims())).split('.')
        return `${header}.${encodePart(claims({ sub: 'repo:b' }))}.${signature}`
      },
    ],
    ['with an extra part', async () => `${await signAssertion(claims())}.${encodePart({})}`],
  ])('rejects an assertion that is signed %s', async (_name, make) => {
    await expectRefused(await make())
    expect(host.errors).toEqual([])
  })

  test('rejects the assertion of another client', async () => {
    const { client } = await host.client({ name: 'Other' })
    expect((await attempt(await signAssertion(claims()), host, client.id))[0]).not.toBe(200)
    expect((await attempt(await signAssertion(claims()), host, 'nobody'))[0]).not.toBe(200)
  })

  test('accepts an assertion once across all processes', async () => {
    const assertion = await signAssertion(claims())
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => attempt(assertion, index % 2 ? host : another)),
    )
    expect(results.filter(([status]) => status === 200)).toHaveLength(1)
    expect(await attempt(assertion, another)).toEqual([401, 'invalid_client'])
    // Its `jti` is used up only for this issuer, regardless of the key.
    const jti = String(JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()).jti)
    expect(await attempt(await signAssertion(claims({ jti, exp: now() + 200 })), host)).toEqual([401, 'invalid_client'])
    const atAnother = claims({ jti, iss: `${issuers.url}/b`, sub: 'repo:b' })
    expect(await attempt(await signAssertion(atAnother, { alg: 'RS256', kid: 'r' }))).toEqual([200, undefined])
    expect([...host.errors, ...another.errors]).toEqual([])
  })
})
