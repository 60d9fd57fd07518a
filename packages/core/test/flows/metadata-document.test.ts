import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  type BeforeHookResult,
  type ClientRegistrationPolicy,
  createPublicFetch,
  type PublicFetch,
  type SigningAlgorithm,
} from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { startHttpServer } from '@pocket/test-support'
import { day, decide, type Host, hour, minute, signIn, startHost, viewOf } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { sendForm } from './requests.ts'

const id = 'https://app.example/oauth/client.json'
const document = { client_id: id, client_name: 'Documented', redirect_uris: [redirectUri] }

type Handler = (req: IncomingMessage, res: ServerResponse) => void

let policy: ClientRegistrationPolicy
let signingAlgorithm: SigningAlgorithm
let host: Host
let answer: Handler
let requests: string[]
/** The results of the hooks, and the events that they received. */
let refusal: BeforeHookResult
let questions: unknown[]
const running: AsyncDisposable[] = []

/** The guarded fetch, with app.example mapped to a local server and without TLS. */
function createFetch(port: number, options: Parameters<typeof createPublicFetch>[0] = {}): PublicFetch {
  const guarded = createPublicFetch({ allowedPrivateHosts: ['127.0.0.1'], ...options })
  return (url, init) => {
    const { host: hostname, pathname, search } = new URL(url)
    return guarded(hostname === 'app.example' ? `http://127.0.0.1:${port}${pathname}${search}` : url, init)
  }
}

const json =
  (body: object | string, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json', ...headers })
    res.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

async function start(options: Parameters<typeof createPublicFetch>[0] = {}): Promise<void> {
  requests = []
  questions = []
  refusal = undefined
  const hook = (name: string) => (question: object) => {
    questions.push({ name, ...question })
    return refusal
  }
  const before = { registerClient: hook('registerClient'), updateClient: hook('updateClient') }
  const server = await startHttpServer((req, res) => {
    requests.push(req.url ?? '')
    answer(req, res)
  })
  const fetch = createFetch(server.port, options)
  host = await startHost({
    options: {
      protocol: { fetch, clientRegistration: async () => policy, signingAlgorithm: async () => signingAlgorithm },
      hooks: { before },
    },
  })
  running.push(host, server)
}

beforeEach(async () => {
  policy = { mode: 'off', restrictToGroups: false, documentPatterns: [id, 'https://app.example/second.json'] }
  signingAlgorithm = 'RS256'
  answer = json(document)
  await start()
})

afterEach(async () => {
  expect(host.errors).toEqual([])
  for (const each of running.splice(0)) await each[Symbol.asyncDispose]()
})

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const authorize = (agent: UserAgent, changes: Readonly<Record<string, string>> = {}): Promise<UserAgentResponse> =>
  agent.get(authorizationUrl(host, id, { code_challenge: challenge, code_challenge_method: 'S256', ...changes }))
const attempt = async (changes: Readonly<Record<string, string>> = {}) => {
  const response = await authorize(new UserAgent(), changes)
  return { status: response.status, code: response.status === 303 ? 'accepted' : Reflect.get(viewOf(response), 'code') }
}

async function signInAda(): Promise<string> {
  const { authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const page = await agent.follow(await authorize(agent))
  const consent = await signIn(agent, page, authenticator)
  expect(viewOf(consent)).toMatchObject({
    view: 'consent',
    client: { name: 'Documented', destination: 'app.example' },
    origin: { kind: 'document', host: new URL(id).host },
  })
  const back = await decide(agent, consent)
  return new URL(back.location ?? back.url).searchParams.get('code') ?? ''
}

const exchange = async (code: string, changes: Readonly<Record<string, string>> = {}) => {
  const response = await sendForm(host, 'token', {
    grant_type: 'authorization_code',
    client_id: id,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
    ...changes,
  })
  return (await response.json()) as Readonly<Record<string, unknown>>
}

test('signs a user in at a client with a metadata document', async () => {
  const tokens = await exchange(await signInAda())
  expect(tokens).toHaveProperty('id_token')
  // The document does not list the refresh token grant.
  expect(tokens).not.toHaveProperty('refresh_token')
  expect(await host.pocket.clients.find(id)).toMatchObject({
    type: 'cimd',
    name: 'Documented',
    isPublic: true,
    pkceRequired: true,
    isGroupRestricted: false,
    redirectUris: [redirectUri],
  })
  expect(host.events).toContainEqual(
    expect.objectContaining({ event: 'client_registered', clientId: id, method: 'metadata_document' }),
  )
  expect(requests).toEqual(['/oauth/client.json'])
})

test('requires PKCE and a redirect URI of the document', async () => {
  expect(await attempt({ redirect_uri: 'https://app.example/other' })).toEqual({
    status: 400,
    code: 'invalid_redirect_uri',
  })
  const refused = await authorize(new UserAgent(), { code_challenge: '', code_challenge_method: '' })
  expect(refused.location).toContain('error=invalid_request')
})

test('issues refresh tokens only if the document lists the grant', async () => {
  answer = json({ ...document, grant_types: ['authorization_code', 'refresh_token', 'urn:of:others'] })
  expect(await exchange(await signInAda())).toHaveProperty('refresh_token')
})

test('advertises metadata documents only while they are enabled, and fetches none otherwise', async () => {
  const isAdvertised = async () => {
    const metadata = await fetch(`${host.issuer}/.well-known/oauth-authorization-server`)
    return ((await metadata.json()) as Readonly<Record<string, unknown>>).client_id_metadata_document_supported
  }
  expect(await isAdvertised()).toBe(true)
  expect((await attempt()).code).toBe('accepted')
  policy = { ...policy, documentPatterns: [] }
  expect(await isAdvertised()).toBe(false)
  expect(await attempt()).toEqual({ status: 400, code: 'invalid_client' })
  expect(requests).toHaveLength(1)
})

test.each([
  'https://other.example/oauth/client.json',
  'http://app.example/oauth/client.json',
  `${id}#fragment`,
  'https://user@app.example/oauth/client.json',
  'https://app.example/oauth/../oauth/client.json',
  'https://app.example/oauth/%2e%2e/client.json',
  'https://app.example',
  'https://app.example/oauth\\client.json',
])('rejects %s as the URL of a document', async (other) => {
  policy = { ...policy, documentPatterns: other.startsWith('https://other') ? [id] : ['*'] }
  expect(await attempt({ client_id: other })).toEqual({ status: 400, code: 'invalid_client' })
  expect(requests).toEqual([])
})

describe('a document is rejected', () => {
  test.each<[string, Handler]>([
    ['that is of another client', json({ ...document, client_id: 'https://app.example/other' })],
    ['without a client ID', json({ redirect_uris: [redirectUri] })],
    ['with a secret', json({ ...document, client_secret: 'everybody knows' })],
    ['whose client has a secret', json({ ...document, token_endpoint_auth_method: 'client_secret_basic' })],
    ['whose client signs assertions', json({ ...document, token_endpoint_auth_method: 'private_key_jwt' })],
    ['without redirect URIs', json({ client_id: id })],
    ['for the implicit flow', json({ ...document, response_types: ['id_token'] })],
    ['for a grant type that is not allowed', json({ ...document, grant_types: ['client_credentials'] })],
    ['that is not JSON', json('<!doctype html>')],
    ['that is not found', (_req, res) => void res.writeHead(404).end()],
    ['that redirects', (_req, res) => void res.writeHead(302, { location: '/second.json' }).end()],
    ['that is too large', json({ ...document, padding: 'a'.repeat(70_000) })],
    ['whose connection is cut', (_req, res) => void res.writeHead(200).end().destroy()],
  ])('%s', async (_what, handler) => {
    answer = handler
    expect(await attempt()).toEqual({ status: 400, code: 'invalid_client_metadata' })
    expect(await host.pocket.clients.find(id)).toBeUndefined()
    // The result is cached for a while.
    await attempt()
    expect(requests).toHaveLength(1)
    host.clock.pass(minute)
    answer = json(document)
    expect((await attempt()).code).toBe('accepted')
  })

  test('at a private address, and is not requested', async () => {
    const inside = ['https://127.0.0.1/client.json', 'https://[::1]/client.json', 'https://169.254.169.254/latest']
    policy = { ...policy, documentPatterns: ['*'] }
    await start({ allowedPrivateHosts: [] })
    for (const client_id of [...inside, id])
      expect(await attempt({ client_id })).toEqual({ status: 400, code: 'invalid_client_metadata' })
    const output = 'The metadata document of the client cannot be fetched: its host is in a private network.'
    const [client = ''] = inside
    expect(viewOf(await authorize(new UserAgent(), { client_id: client }))).toMatchObject({
      description: output,
      details: { client },
    })
    expect(host.events.at(-1)).toMatchObject({ code: 'invalid_client', reason: output })
    expect(requests).toEqual([])
  })

  test('that is slow, with one request for many callers', async () => {
    await start({ timeout: 1000, allowedPrivateHosts: ['127.0.0.1'] })
    answer = () => undefined
    const attempts = await Promise.all(Array.from({ length: 20 }, () => attempt()))
    expect(attempts.every(({ status, code }) => status === 400 && code === 'invalid_client_metadata')).toBe(true)
    expect(requests).toHaveLength(1)
  })

  test('while ten other documents are being fetched', async () => {
    policy = { ...policy, documentPatterns: ['*'] }
    const waiting: (() => void)[] = []
    const all = Promise.withResolvers<void>()
    answer = (req, res) => {
      waiting.push(() => json({ ...document, client_id: `https://app.example${req.url}` })(req, res))
      if (waiting.length === 10) all.resolve()
    }
    const attempts = Array.from({ length: 10 }, (_, index) => attempt({ client_id: `https://app.example/${index}` }))
    await all.promise
    expect((await attempt({ client_id: 'https://app.example/10' })).code).toBe('invalid_client_metadata')
    for (const go of waiting) go()
    expect((await Promise.all(attempts)).map(({ code }) => code)).toEqual(Array(10).fill('accepted'))
    expect(requests).toHaveLength(10)
  })
})

describe('cached document', () => {
  test('lives for its max-age, between five minutes and a day', async () => {
    answer = json(document, { 'cache-control': 'public, max-age=7200' })
    await attempt()
    host.clock.pass(2 * hour - minute)
    await attempt()
    expect(requests).toHaveLength(1)
    answer = json(document, { 'cache-control': 'no-store' })
    host.clock.pass(minute)
    await attempt()
    expect(requests).toHaveLength(2)
    host.clock.pass(4 * minute)
    await attempt()
    expect(requests).toHaveLength(2)
    answer = json(document, { 'cache-control': 'max-age=999999999' })
    host.clock.pass(minute)
    await attempt()
    host.clock.pass(day)
    await attempt()
    expect(requests).toHaveLength(4)
  })

  test('remains valid for one more day if it cannot be fetched, and ends if it is missing or invalid', async () => {
    await attempt()
    answer = (_req, res) => void res.writeHead(503).end()
    host.clock.pass(hour)
    expect((await attempt()).code).toBe('accepted')
    answer = (_req, res) => void res.writeHead(404).end()
    host.clock.pass(hour)
    expect((await attempt()).code).toBe('invalid_client_metadata')
    answer = (_req, res) => void res.writeHead(503).end()
    host.clock.pass(2 * day)
    expect((await attempt()).code).toBe('invalid_client_metadata')
  })

  test('is refetched on demand', async () => {
    await attempt()
    answer = json({ ...document, client_name: 'Renamed' })
    const request = { headers: {}, socket: {} } as IncomingMessage
    expect(await host.pocket.refreshMetadataDocument(id, request)).toMatchObject({ name: 'Renamed' })
    answer = json({ ...document, client_id: 'https://app.example/other' })
    const refused = { code: 'validation_failed', message: expect.stringContaining('client_id') }
    await expect(host.pocket.refreshMetadataDocument(id, request)).rejects.toMatchObject(refused)
    const { client } = await host.client({})
    await expect(host.pocket.refreshMetadataDocument(client.id, request)).rejects.toMatchObject({
      code: 'validation_failed',
    })
    await expect(host.pocket.refreshMetadataDocument('x', request)).rejects.toMatchObject({ code: 'client_not_found' })
  })
})

test('lets hooks reject a client with a metadata document, and later changes of the document', async () => {
  refusal = { refuse: 'Not this one.' }
  expect(await attempt()).toEqual({ status: 400, code: 'invalid_client_metadata' })
  expect(host.events.at(-1)).toMatchObject({ code: 'invalid_client', reason: expect.stringContaining('Not this one.') })
  expect(await host.pocket.clients.find(id)).toBeUndefined()
  refusal = undefined
  host.clock.pass(minute)
  expect(await attempt()).toMatchObject({ code: 'accepted' })
  answer = json({ ...document, client_name: 'Renamed' })
  refusal = { refuse: 'Not that name.' }
  host.clock.pass(hour)
  expect(await attempt()).toMatchObject({ code: 'invalid_client_metadata' })
  expect(await host.pocket.clients.find(id)).toMatchObject({ name: 'Documented' })
  const registration = { clientId: id, metadata: { client_name: 'Documented', redirect_uris: [redirectUri] } }
  expect(questions).toMatchObject([
    { name: 'registerClient', ...registration },
    { name: 'registerClient', ...registration },
    { name: 'updateClient', clientId: id, metadata: { client_name: 'Renamed' } },
  ])
})

test('revokes consents if the document changes the client', async () => {
  await exchange(await signInAda())
  const [accountId = ''] = host.accounts.keys()
  const findConsent = () => host.stores.consents.find(accountId, id)
  answer = json({ ...document, client_name: 'Renamed' })
  host.clock.pass(hour)
  await attempt()
  expect(await host.pocket.clients.find(id)).toMatchObject({ name: 'Renamed' })
  expect(await findConsent()).toMatchObject({ scopes: ['openid'] })
  for (const change of [
    { redirect_uris: [redirectUri, 'https://app.example/other'] },
    { post_logout_redirect_uris: ['https://app.example/bye'] },
    { grant_types: ['authorization_code', 'refresh_token'] },
  ]) {
    answer = json({ ...document, ...change })
    host.clock.pass(hour)
    await attempt()
    expect(await findConsent()).toBeUndefined()
    await host.stores.consents.allow(accountId, id, ['openid'], 1)
  }
  expect(host.events.filter(({ event }) => event === 'client_updated')).toHaveLength(4)
})

test('keeps the settings of an administrator outside the document, and the document wins for its own fields', async () => {
  await attempt()
  const client = await host.pocket.clients.update(id, {
    name: 'Another',
    description: 'Ours',
    redirectUris: ['https://evil.example'],
    skipConsent: true,
    isPublic: false,
    isGroupRestricted: true,
    accessTokenDurationMinutes: 5,
  })
  expect(client).toMatchObject({
    name: 'Documented',
    description: 'Ours',
    redirectUris: [redirectUri],
    skipConsent: true,
    isPublic: true,
    isGroupRestricted: true,
    accessTokenDurationMinutes: 5,
  })
  answer = json({ ...document, client_name: 'Renamed' })
  host.clock.pass(hour)
  await attempt()
  expect(await host.pocket.clients.find(id)).toMatchObject({ name: 'Renamed', description: 'Ours', skipConsent: true })
  await expect(host.pocket.clients.addSecret(id)).rejects.toMatchObject({ code: 'validation_failed' })
})

test('keeps the device grant of the document when an administrator sets pairwise subjects', async () => {
  answer = json({ ...document, grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'] })
  await attempt()
  const { name, redirectUris } = { name: 'Documented', redirectUris: [redirectUri] }
  await host.pocket.clients.update(id, { name, redirectUris, protocol: { subjectType: 'pairwise' } })
  expect((await attempt()).code).toBe('accepted')
  const devices = await sendForm(host, 'device/authorize', { client_id: id, scope: 'openid' })
  expect([devices.status, await devices.json()]).toMatchObject([200, { user_code: expect.any(String) }])
})

test('an API that is open to such clients accepts them for users, and not for client credentials', async () => {
  const api = await host.pocket.apis.create({ name: 'Photos', resource: 'https://photos.example' })
  const resource = { resource: 'https://photos.example' }
  expect((await authorize(new UserAgent(), resource)).location).toContain('error=access_denied')
  await host.pocket.apis.setCimdAccess(api.id, { enabled: true, permissionIds: [] })
  expect((await authorize(new UserAgent(), resource)).location).toContain('/interaction/')
  expect(await exchange('', { grant_type: 'client_credentials', ...resource })).not.toHaveProperty('access_token')
})

test('signs tokens of new clients with the algorithm of the host, unless they name their own', async () => {
  signingAlgorithm = 'ES256'
  await authorize(new UserAgent())
  const clients = [
    await host.pocket.clients.find(id),
    (await host.client({})).client,
    (await host.client({ protocol: { idTokenSignedResponseAlg: 'PS256' } })).client,
  ]
  expect(clients.map((client) => client?.protocol.idTokenSignedResponseAlg)).toEqual(['ES256', 'ES256', 'PS256'])
  signingAlgorithm = 'EdDSA'
  host.clock.pass(25 * hour)
  await authorize(new UserAgent())
  expect((await host.pocket.clients.find(id))?.protocol.idTokenSignedResponseAlg).toBe('ES256')
})
