import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { createPublicFetch } from '@pocket/core'
import { startHttpServer } from '@pocket/test-support'
import { exportJWK, generateKeyPair } from 'jose'
import { signJwt } from './client-jwts.ts'
import { type Host, startHost, viewOf } from './host.ts'
import { authorizationUrl, followAuthorization, redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const { publicKey, privateKey } = await generateKeyPair('ES256')
const keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }]

/** Much more than the limit of 100 kB plus the socket buffers, and much less than the full response. */
const byteLimit = 50_000_000

type AnswerRequest = (res: ServerResponse, url: string) => void

const json = (res: ServerResponse, value: unknown) =>
  res.setHeader('content-type', 'application/json').end(JSON.stringify(value))

/** The misbehaviors of a server at a URL that a client supplies. */
const answers: Readonly<Record<string, AnswerRequest>> = {
  'never responds': () => {},
  'responds byte by byte': (res) => {
    res.write('{')
    const timer = setInterval(() => res.write(' '), 20)
    res.once('close', () => clearInterval(timer))
  },
  // Ends after a while if the client does not abort the request.
  'sends an endless response': (res) => {
    let sent = 0
    const writeMore = () => {
      while (!res.destroyed && sent < 2 * byteLimit) {
        sent += 10_000
        if (!res.write('x'.repeat(10_000))) return
      }
      res.end()
    }
    res.on('drain', writeMore)
    writeMore()
  },
  'responds with a decompression bomb': (res) => {
    res.setHeader('content-encoding', 'gzip').setHeader('content-type', 'application/json')
    res.end(gzipSync(JSON.stringify({ keys, filler: 'x'.repeat(5_000_000) })))
  },
  'redirects in a loop': (res, url) => res.writeHead(302, { location: `${url}x` }).end(),
  'redirects to a private address': (res) =>
    res.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  'redirects to a file': (res) => res.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  'closes the connection': (res) => res.destroy(),
  'responds with 404': (res) => res.writeHead(404).end(),
  'responds with HTML': (res) => res.setHeader('content-type', 'text/html').end('<!doctype html>'),
  'responds with unrelated JSON': (res) => json(res, [1, 2, 3]),
  'responds without a list of keys': (res) => json(res, { keys: 'none' }),
  'responds with malformed keys': (res) => json(res, { keys: [null, 1, 'x', { kty: 'EC' }, { kty: 'nonsense' }, {}] }),
  'responds with private keys': (res) => json(res, { keys: [{ ...keys[0], d: 'AAAA' }] }),
  'responds with symmetric keys': (res) => json(res, { keys: [{ kty: 'oct', k: 'AAAA', kid: 'k' }] }),
}

async function startHostileServer(answer: AnswerRequest) {
  let requestCount = 0
  const sockets = new Set<Socket>()
  const server = await startHttpServer((req, res) => {
    requestCount++
    sockets.add(req.socket)
    answer(res, req.url ?? '/')
  })
  return {
    url: `${server.url}/keys`,
    asked: () => requestCount,
    /** The upper bound holds on slow machines too. */
    expectFewRequests() {
      expect(requestCount).toBeLessThanOrEqual(16)
      const sent = [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
      expect(sent).toBeLessThan(byteLimit)
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** A fetch with a time limit in milliseconds; the default is long enough never to cause a rejection. */
const fetchOptions = (timeout = 30_000) => ({
  protocol: { fetch: createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], timeout, maxBytes: 100_000 }) },
})

async function authenticateByAssertion(
  host: Host,
  claims: Record<string, unknown>,
  clientId: string,
): Promise<[number, unknown]> {
  const assertion = await signJwt(privateKey, { alg: 'ES256', kid: 'k' }, { aud: host.issuer, ...claims })
  const form = { grant_type: 'client_credentials', client_id: clientId, client_assertion: assertion }
  const response = await sendForm(host, 'token', { ...form, client_assertion_type: assertionType })
  return [response.status, await response.json()]
}

const refused = [401, { error: 'invalid_client' }]

describe.each(Object.entries(answers))('a URL that %s', (name, answer) => {
  const options = fetchOptions(['never responds', 'responds byte by byte'].includes(name) ? 300 : undefined)

  test('provides no client keys', async () => {
    await using elsewhere = await startHostileServer(answer)
    await using host = await startHost({ options })
    const { client } = await host.client({
      protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: elsewhere.url },
    })
    const claims = { iss: client.id, sub: client.id }
    expect(await authenticateByAssertion(host, claims, client.id)).toMatchObject(refused)
    expect(host.errors).toEqual([])
    elsewhere.expectFewRequests()
  })

  test('provides no encryption key, which is reported to the client or to the user', async () => {
    await using elsewhere = await startHostileServer(answer)
    await using host = await startHost({ options })
    const encrypted = { alg: 'ECDH-ES', enc: 'A128GCM' } as const
    const protocol = { jwksUri: elsewhere.url, idTokenEncryptedResponse: encrypted } as const
    const { client, secret } = await host.client({ redirectUris: [redirectUri], skipConsent: true, protocol })
    const authorize = authorizationUrl(host, client.id)
    const { page, agent } = await followAuthorization(host, authorize)
    const code = new URL(page.location ?? '').searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', redirect_uri: redirectUri, code }
    const refusal = await sendForm(host, 'token', { ...form, client_id: client.id, client_secret: secret })
    expect([refusal.status, await refusal.json()]).toMatchObject([400, { error: expect.stringMatching(/^invalid_/) }])

    await host.pocket.clients.update(client.id, {
      ...client,
      protocol: { jwksUri: elsewhere.url, authorizationEncryptedResponse: encrypted },
    })
    const unsent = await agent.get(`${authorize}&response_mode=jwt`)
    expect([unsent.status, viewOf(unsent)]).toMatchObject([400, { view: 'error', code: 'invalid_client_metadata' }])
    const [attempt] = await host.pocket.connectionLog.list(client.id)
    expect(attempt).toMatchObject({ succeeded: false, error: 'invalid_client_metadata', reason: expect.any(String) })
    expect(host.errors).toEqual([])
    elsewhere.expectFewRequests()
  })

  test('provides no keys of another issuer', async () => {
    await using elsewhere = await startHostileServer(answer)
    await using host = await startHost({ options })
    const identity = { subject: 'me', audience: null, jwks: elsewhere.url, replayProtection: true }
    const { client } = await host.client({ federatedIdentities: [{ ...identity, issuer: 'https://other.example' }] })
    expect(await authenticateByAssertion(host, { iss: 'https://other.example', sub: 'me' }, client.id)).toMatchObject(
      refused,
    )
    expect(host.errors).toEqual([])
    elsewhere.expectFewRequests()
  })

  test('is not accepted as a sector identifier', async () => {
    await using elsewhere = await startHostileServer(answer)
    const read = (url: string | URL) =>
      options.protocol.fetch(String(url).replace('https://sector.example', elsewhere.url))
    await using host = await startHost({ options: { protocol: { fetch: read } } })
    const protocol = { subjectType: 'pairwise', sectorIdentifierUri: 'https://sector.example/list' } as const
    await expect(host.client({ redirectUris: [redirectUri], protocol })).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field: 'protocol.sectorIdentifierUri' }],
    })
    elsewhere.expectFewRequests()
  })
})

test.each([
  'http://127.0.0.1:1/',
  'https://127.0.0.1:1/',
  'https://[::1]:1/',
  'https://10.0.0.1/',
  'https://169.254.169.254/',
  'https://localhost:1/',
  'https://0/',
  'https://2130706433/',
])('does not fetch keys from %s', async (address) => {
  await using host = await startHost()
  const { client } = await host.client({ protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: address } })
  expect(await authenticateByAssertion(host, { iss: client.id, sub: client.id }, client.id)).toMatchObject(refused)
  const identity = { subject: 'me', audience: null, jwks: address, replayProtection: true }
  const federated = await host.client({ federatedIdentities: [{ ...identity, issuer: 'https://other.example' }] })
  expect(
    await authenticateByAssertion(host, { iss: 'https://other.example', sub: 'me' }, federated.client.id),
  ).toMatchObject(refused)
  expect(host.errors).toEqual([])
})

test('accepts keys from a valid URL', async () => {
  await using elsewhere = await startHostileServer((res) => json(res, { keys }))
  await using host = await startHost({ options: fetchOptions() })
  const { client } = await host.client({
    protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: elsewhere.url },
  })
  expect(await authenticateByAssertion(host, { iss: client.id, sub: client.id }, client.id)).toMatchObject([200, {}])
})

test('requests a URL that never responds only once at a time, for all waiting requests', async () => {
  let open = 0
  let maxOpen = 0
  await using elsewhere = await startHostileServer((res) => {
    maxOpen = Math.max(maxOpen, ++open)
    res.once('close', () => open--)
  })
  const fetchSoon = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], timeout: 800 })
  await using host = await startHost({ options: { protocol: { fetch: fetchSoon } } })
  const local = await host.client({
    protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: elsewhere.url },
  })
  const identity = { subject: 'me', audience: null, jwks: elsewhere.url, replayProtection: true }
  const foreign = await host.client({ federatedIdentities: [{ ...identity, issuer: 'https://other.example' }] })
  for (const [id, claims] of [
    [local.client.id, { iss: local.client.id, sub: local.client.id }],
    [foreign.client.id, { iss: 'https://other.example', sub: 'me' }],
  ] as const) {
    maxOpen = 0
    const attempts = await Promise.all(Array.from({ length: 20 }, () => authenticateByAssertion(host, claims, id)))
    expect(attempts.map(([status]) => status)).toEqual(Array(20).fill(401))
    expect(maxOpen).toBeLessThanOrEqual(1)
  }
  expect(elsewhere.asked()).toBeGreaterThan(0)
  expect(host.errors).toEqual([])
})

test('limits how often forged assertions cause a key request', async () => {
  await using elsewhere = await startHostileServer((res) => json(res, { keys: [] }))
  await using host = await startHost({ options: fetchOptions() })
  const { client } = await host.client({
    protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: elsewhere.url },
  })
  for (let times = 0; times < 20; times++)
    expect(await authenticateByAssertion(host, { iss: client.id, sub: client.id }, client.id)).toMatchObject(refused)
  expect(elsewhere.asked()).toBeLessThanOrEqual(2)
})
