import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type ClientRegistrationPolicy, createPublicFetch } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { startForEachTest } from '@pocket/test-support'
import { day, decide, hour, openBrowser, signIn, startHost, viewOf } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { openRegistration, sendForm } from './requests.ts'

let policy: ClientRegistrationPolicy
// Before the host ends, which interrupts its work.
afterEach(() => expect(host.errors).toEqual([]))
const host = startForEachTest(async () => {
  policy = await openRegistration()
  const protocol = { clientRegistration: async () => policy, fetch: createPublicFetch() }
  return startHost({ options: { protocol } })
})

interface RegistrationResponse {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

async function send(method: string, url: string, body?: unknown, token?: string): Promise<RegistrationResponse> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers }
}

const register = (body: unknown, token?: string) => send('POST', `${host.issuer}/api/oidc/register`, body, token)
const fetchMetadata = async () => (await send('GET', `${host.issuer}/.well-known/openid-configuration`)).body
const registerClient = async (changes: object = {}) => {
  const { status, body } = await register({ redirect_uris: [redirectUri], ...changes })
  expect([status, body.error_description]).toEqual([201, undefined])
  return {
    body,
    id: String(body.client_id),
    secret: String(body.client_secret),
    at: String(body.registration_client_uri),
    token: String(body.registration_access_token),
  }
}
const publicJwk = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
const requestToken = (form: Readonly<Record<string, string>>) => sendForm(host, 'token', form)

describe('permission to register', () => {
  test('is denied and not advertised while registration is disabled', async () => {
    const client = await registerClient()
    expect(await fetchMetadata()).toMatchObject({ registration_endpoint: `${host.issuer}/api/oidc/register` })
    policy = { ...policy, mode: 'off' }
    expect(await fetchMetadata()).not.toHaveProperty('registration_endpoint')
    expect((await register({ redirect_uris: [redirectUri] })).status).toBe(404)
    expect((await send('GET', client.at, undefined, client.token)).status).toBe(404)
    policy = { ...policy, mode: 'open' }
    expect(await fetchMetadata()).toHaveProperty('registration_endpoint')
  })

  test('needs a token, which has a use limit, can expire and can be removed', async () => {
    policy = { ...policy, mode: 'with-token' }
    const { token, stored } = await host.pocket.initialAccessTokens.issue({ lifetime: hour, usageLimit: 2 })
    expect(JSON.stringify(await host.pocket.initialAccessTokens.list())).not.toContain(token)
    const registerRefused = async (input?: string) => {
      const { status, body, headers } = await register({ redirect_uris: [redirectUri] }, input)
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')])
      return body.error
    }
    expect(await registerRefused()).toBe('invalid_token')
    expect(await registerRefused('another')).toBe('invalid_token')
    // A client without permission does not learn about errors in its metadata.
    expect((await register({ redirect_uris: ['nothing'] }, 'another')).body.error).toBe('invalid_token')
    expect((await register({ redirect_uris: ['nothing'] }, token)).body.error).toBe('invalid_redirect_uri')
    const attempts = await Promise.all(
      Array.from({ length: 8 }, () => register({ redirect_uris: [redirectUri] }, token)),
    )
    expect(attempts.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(attempts.filter(({ body }) => body.error === 'invalid_token')).toHaveLength(6)
    expect(await host.pocket.clients.list()).toHaveLength(2)
    expect(host.events).toContainEqual(
      expect.objectContaining({
        event: 'client_registered',
        method: 'initial_access_token',
        initialAccessTokenId: stored.id,
      }),
    )

    const other = await host.pocket.initialAccessTokens.issue({ lifetime: hour, usageLimit: 9 })
    host.clock.pass(hour)
    expect(await registerRefused(other.token)).toBe('invalid_token')
    const third = await host.pocket.initialAccessTokens.issue({ lifetime: hour, usageLimit: 9 })
    expect(await host.pocket.initialAccessTokens.remove(third.stored.id)).toBe(true)
    expect(await registerRefused(third.token)).toBe('invalid_token')
  })

  test('is denied to a network while 15 of its clients are unused', async () => {
    const clients = await Promise.all(
      Array.from({ length: 15 }, () =>
        registerClient({ redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }),
      ),
    )
    const refused = await register({ redirect_uris: [redirectUri] })
    expect([refused.status, refused.body.error, refused.headers.get('retry-after')]).toEqual([
      429,
      'temporarily_unavailable',
      '3600',
    ])
    const { token } = await host.pocket.initialAccessTokens.issue({ lifetime: hour, usageLimit: 1 })
    policy = { ...policy, mode: 'with-token' }
    expect((await register({ redirect_uris: [redirectUri] }, token)).status).toBe(201)
    policy = { ...policy, mode: 'open' }

    const [used] = clients
    // A client can give itself tokens, which does not make it one that a user uses.
    const grant = { grant_type: 'client_credentials', client_id: used?.id ?? '', client_secret: used?.secret ?? '' }
    host.clock.pass(2 * day)
    expect((await requestToken(grant)).status).toBe(200)
    expect((await register({ redirect_uris: [redirectUri] })).status).toBe(429)
    expect(await host.pocket.removeUnusedClients(hour, 100)).toBe(14)
    expect(await host.pocket.clients.find(used?.id ?? '')).toBeDefined()
    await registerClient()
  })

  test('is given to everyone in open mode, and the policy can require groups', async () => {
    const { id } = await registerClient()
    expect(await host.pocket.clients.find(id)).toMatchObject({
      isGroupRestricted: false,
      unusedSince: expect.anything(),
    })
    policy = { ...policy, restrictToGroups: true }
    expect(await host.pocket.clients.find((await registerClient()).id)).toMatchObject({ isGroupRestricted: true })
  })
})

describe('registered client', () => {
  test('matches the request, and its secret is returned once', async () => {
    const metadata = {
      redirect_uris: [redirectUri, 'https://app.example/other'],
      client_name: 'An application',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      client_uri: 'https://app.example',
      logo_uri: 'https://app.example/logo.png',
      policy_uri: 'https://app.example/policy',
      tos_uri: 'https://app.example/tos',
      contacts: ['ada@app.example'],
      default_max_age: 3600,
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'PS256',
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      post_logout_redirect_uris: ['https://app.example/bye'],
      backchannel_logout_uri: 'https://app.example/logout',
      initiate_login_uri: 'https://app.example/start',
      scope: 'openid profile unknown',
      something_else: 'ignored',
      pocket_skip_consent: true,
      pocket_pkce_required: false,
    }
    const { body, id, secret } = await registerClient(metadata)
    const { something_else: _, pocket_skip_consent: _s, pocket_pkce_required: _p, ...kept } = metadata
    expect(body).toMatchObject({
      ...kept,
      scope: 'openid profile',
      client_secret_expires_at: 0,
      subject_type: 'public',
    })
    expect(Object.keys(body).filter((name) => name.startsWith('pocket_'))).toEqual([])
    expect(body).not.toHaveProperty('something_else')
    const stored = await host.pocket.clients.find(id)
    expect(stored).toMatchObject({
      name: 'An application',
      type: 'standard',
      isPublic: false,
      skipConsent: false,
      requiresPushedAuthorizationRequests: true,
      protocol: { idTokenSignedResponseAlg: 'ES256', userinfoSignedResponseAlg: 'PS256', dpopBoundAccessTokens: true },
    })
    expect(JSON.stringify(stored)).not.toContain(secret)
    expect(host.events).toContainEqual(
      expect.objectContaining({ event: 'client_registered', clientId: id, method: 'open' }),
    )
  })

  test('signs users in, and is kept because it is used', async () => {
    const used = await registerClient({ client_name: 'Used' })
    const unused = await registerClient({ client_name: 'Unused' })
    const { authenticator } = await host.person('ada')
    const { agent, page } = await openBrowser(authorizationUrl(host, used.id))
    const consent = await signIn(agent, page, authenticator)
    expect(viewOf(consent)).toMatchObject({
      view: 'consent',
      client: { name: 'Used', destination: 'app.example' },
      origin: { kind: 'registration', host: null },
    })
    const back = await decide(agent, consent)
    const code = new URL(back.location ?? back.url).searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const response = await requestToken({ ...form, client_id: used.id, client_secret: used.secret })
    expect(await response.json()).toHaveProperty('id_token')
    // The client did not register the refresh token grant.
    host.clock.pass(31 * day)
    expect(await host.pocket.removeUnusedClients(30 * day, 100)).toBe(1)
    expect(await host.pocket.clients.find(unused.id)).toBeUndefined()
    expect(await host.pocket.clients.find(used.id)).toMatchObject({ unusedSince: null })
    expect(host.events).toContainEqual(expect.objectContaining({ event: 'client_removed', clientId: unused.id }))
  })

  test.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])(
    'with %s has a secret',
    async (method) => {
      const { body, id } = await registerClient({ token_endpoint_auth_method: method })
      expect(body).toMatchObject({ client_secret: expect.stringMatching(/^pk_/), token_endpoint_auth_method: method })
      expect((await host.pocket.clients.find(id))?.secrets).toHaveLength(1)
    },
  )

  test('without a secret is public, or authenticates with its keys', async () => {
    const open = await registerClient({ token_endpoint_auth_method: 'none' })
    expect(open.body).not.toHaveProperty('client_secret')
    expect(await host.pocket.clients.find(open.id)).toMatchObject({ isPublic: true, pkceRequired: true })
    const jwks = { keys: [{ ...publicJwk(), kid: 'a' }] }
    const keys = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'PS256', jwks }
    const signing = await registerClient(keys)
    expect(signing.body).toMatchObject(keys)
    expect(signing.body).not.toHaveProperty('client_secret')
    const page = await fetch(`${host.issuer}/authorize?client_id=${signing.id}&response_type=code&scope=openid`)
    expect(await page.text()).toContain('redirect_uri')
    const signsRequests = await registerClient({ ...keys, require_signed_request_object: true })
    expect(signsRequests.body).toMatchObject({ require_signed_request_object: true })
  })

  test('may use the implicit flow for ID tokens', async () => {
    const { id, body } = await registerClient({ response_types: ['id_token'], grant_types: ['implicit'] })
    expect(body).toMatchObject({ response_types: ['id_token'], grant_types: ['implicit'] })
    expect(await host.pocket.clients.find(id)).toMatchObject({ protocol: { implicitIdToken: true } })
    const { location } = await new UserAgent().get(
      authorizationUrl(host, id, { response_type: 'id_token', nonce: 'n' }),
    )
    expect(location).toContain('/interaction/')
  })

  test('without users has the client credentials grant', async () => {
    const { id, secret } = await registerClient({
      redirect_uris: undefined,
      response_types: [],
      grant_types: ['client_credentials'],
    })
    const response = await requestToken({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })])
    // Still counts as unused: tokens only postpone its removal, because whoever registered the client can request them.
    expect(await host.pocket.clients.find(id)).toMatchObject({ unusedSince: expect.any(Number) })
  })
})

describe('metadata validation', () => {
  test.each<[string, object, string]>([
    ['no redirect URI', { redirect_uris: undefined }, 'invalid_redirect_uri'],
    ['a fragment', { redirect_uris: ['https://app.example/#a'] }, 'invalid_redirect_uri'],
    ['a redirect URI that is not a URL', { redirect_uris: ['callback'] }, 'invalid_redirect_uri'],
    ['a wildcard', { redirect_uris: ['https://*.app.example/cb'] }, 'invalid_redirect_uri'],
    ['a script', { redirect_uris: ['javascript:/alert(1)'], application_type: 'native' }, 'invalid_redirect_uri'],
    ['a long redirect URI', { redirect_uris: [`https://app.example/${'x'.repeat(2000)}`] }, 'invalid_redirect_uri'],
    [
      'hundreds of redirect URIs',
      { redirect_uris: Array.from({ length: 501 }, (_, index) => `https://a/${index}`) },
      'invalid_redirect_uri',
    ],
    ['a string instead of a list', { redirect_uris: redirectUri }, 'invalid_redirect_uri'],
    [
      'http for a web client and implicit',
      { redirect_uris: ['http://app.example'], response_types: ['id_token'] },
      'invalid_redirect_uri',
    ],
    ['a wildcard in a logout URI', { post_logout_redirect_uris: ['https://*.app.example'] }, 'invalid_client_metadata'],
    ['an unknown authentication method', { token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
    ['missing keys', { token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    ['a private key', { jwks: { keys: [{ kty: 'RSA', n: 'a', e: 'AQAB', d: 'a' }] } }, 'invalid_client_metadata'],
    ['keys in two places', { jwks: { keys: [] }, jwks_uri: 'https://app.example/jwks' }, 'invalid_client_metadata'],
    ['HS256', { id_token_signed_response_alg: 'HS256' }, 'invalid_client_metadata'],
    ['an unsupported grant type', { grant_types: ['password'] }, 'invalid_client_metadata'],
    ['a line break in the name', { client_name: 'a\nb' }, 'invalid_client_metadata'],
    ['a logo that is a script', { logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    [
      'a sector identifier that cannot be fetched',
      { subject_type: 'pairwise', sector_identifier_uri: 'https://127.0.0.1/' },
      'invalid_client_metadata',
    ],
    [
      'several hosts without a sector identifier',
      { subject_type: 'pairwise', redirect_uris: [redirectUri, 'https://b.example/'] },
      'invalid_client_metadata',
    ],
    ['a contact', { contacts: ['nobody'] }, 'invalid_client_metadata'],
  ])('rejects metadata with %s', async (_what, changes, code) => {
    const { status, body } = await register({ redirect_uris: [redirectUri], ...changes })
    expect([status, body.error]).toEqual([400, code])
    expect(await host.pocket.clients.list()).toEqual([])
  })

  test('allows cross-origin registration only in open mode', async () => {
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' }
    const sendPreflight = () => fetch(`${host.issuer}/api/oidc/register`, { method: 'OPTIONS', headers })
    const allowed = await sendPreflight()
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Content-Type')
    expect((await register({ redirect_uris: [redirectUri] })).headers.get('access-control-allow-origin')).toBe('*')
    policy = { ...policy, mode: 'off' }
    expect((await sendPreflight()).status).toBe(404)
  })

  test('rejects a body that is not client metadata', async () => {
    for (const body of ['', '[]', 'null', '"text"', '{', `{"client_name":"${'a'.repeat(60_000)}"}`])
      expect([body.slice(0, 9), (await register(body)).status]).toEqual([body.slice(0, 9), 400])
    const form = await sendForm(host, 'register', { a: 'b' })
    expect(form.status).toBe(400)
    expect((await send('PUT', `${host.issuer}/api/oidc/register`, {})).status).toBe(405)
  })
})

describe('client configuration endpoint', () => {
  test('returns the registered metadata, without the secret', async () => {
    const { at, token, body } = await registerClient()
    const read = await send('GET', at, undefined, token)
    const { client_secret: _, client_secret_expires_at: _e, ...rest } = body
    expect([read.status, read.body]).toEqual([200, rest])
  })

  test('updates the client, and keeps the settings of an administrator', async () => {
    const { id, at, token, secret } = await registerClient({ client_name: 'Before', contacts: ['a@app.example'] })
    const client = await host.pocket.clients.find(id)
    if (!client) throw new Error('It is not there.')
    await host.pocket.clients.update(id, { ...client, skipConsent: true, description: 'Ours', isGroupRestricted: true })
    await host.pocket.clients.setAllowedGroups(id, ['g1'])
    const change = (extra: object = {}) =>
      send(
        'PUT',
        at,
        { client_id: id, client_name: 'After', redirect_uris: ['https://new.example/cb'], ...extra },
        token,
      )
    const changed = await change({ client_secret: secret })
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({
        client_name: 'After',
        redirect_uris: ['https://new.example/cb'],
        registration_access_token: token,
        registration_client_uri: at,
      }),
    ])
    expect(changed.body).not.toHaveProperty('client_secret')
    expect(changed.body).not.toHaveProperty('contacts')
    expect(await host.pocket.clients.find(id)).toMatchObject({
      name: 'After',
      skipConsent: true,
      description: 'Ours',
      allowedGroupIds: ['g1'],
      secrets: client.secrets,
    })
    expect(host.events).toContainEqual(expect.objectContaining({ event: 'client_updated', clientId: id }))
    expect([
      (await change({ client_secret: 'another' })).body.error,
      (await change({ client_id: 'x' })).body.error,
    ]).toEqual(['invalid_request', 'invalid_request'])
    expect((await change({ redirect_uris: ['https://*.example'] })).body.error).toBe('invalid_redirect_uri')
    expect(await host.pocket.clients.find(id)).toMatchObject({ redirectUris: ['https://new.example/cb'] })
  })

  test('issues a secret when a client starts to need one, and removes it when it is no longer needed', async () => {
    const { id, at, token } = await registerClient({ token_endpoint_auth_method: 'none' })
    const change = async (method: string) => {
      const wanted = { client_id: id, redirect_uris: [redirectUri], token_endpoint_auth_method: method }
      const { status, body } = await send('PUT', at, wanted, token)
      expect([status, body.error_description, body.token_endpoint_auth_method]).toEqual([200, undefined, method])
      return body.client_secret
    }
    const secret = await change('client_secret_post')
    expect(secret).toMatch(/^pk_/)
    const wrong = { grant_type: 'authorization_code', code: 'none', redirect_uri: redirectUri }
    const response = await requestToken({ ...wrong, client_id: id, client_secret: String(secret) })
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    expect(await change('client_secret_basic')).toBeUndefined()
    // A secret that is stored only as a hash cannot verify signatures.
    expect(await change('client_secret_jwt')).toMatch(/^pk_/)
    expect(await change('none')).toBeUndefined()
    expect((await host.pocket.clients.find(id))?.secrets).toEqual([])
  })

  test('deletes the client with all of its tokens', async () => {
    const { id, at, token } = await registerClient()
    expect((await send('DELETE', at, undefined, token)).status).toBe(204)
    expect(await host.pocket.clients.find(id)).toBeUndefined()
    expect((await send('GET', at, undefined, token)).status).toBe(401)
    expect(host.events).toContainEqual(expect.objectContaining({ event: 'client_removed', clientId: id }))
  })

  test('requires the registration access token of this client', async () => {
    const one = await registerClient()
    const other = await registerClient()
    expect((await send('GET', one.at)).status).toBe(401)
    expect((await send('GET', one.at, undefined, 'another')).body.error).toBe('invalid_token')
    expect((await send('DELETE', one.at, undefined, other.token)).body.error).toBe('invalid_token')
    const { client, secret } = await host.client({})
    expect((await send('GET', `${host.issuer}/api/oidc/register/${client.id}`, undefined, secret)).status).toBe(401)
    expect(await host.pocket.clients.find(one.id)).toBeDefined()
  })
})
