import { describe, expect, test } from '@jest/globals'
import { fetchThrough } from '@pocket/core/testing'
import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { shareHost, startHost } from './host.ts'
import { sendForm } from './requests.ts'

const host = shareHost()

const documents = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
] as const

/** While registration, sign-up and client metadata documents are disabled. */
const everythingAdvertised = [
  'acr_values_supported',
  'authorization_encryption_alg_values_supported',
  'authorization_encryption_enc_values_supported',
  'authorization_endpoint',
  'authorization_response_iss_parameter_supported',
  'authorization_signing_alg_values_supported',
  'backchannel_logout_session_supported',
  'backchannel_logout_supported',
  'claim_types_supported',
  'claims_parameter_supported',
  'claims_supported',
  'client_id_metadata_document_supported',
  'code_challenge_methods_supported',
  'device_authorization_endpoint',
  'dpop_signing_alg_values_supported',
  'end_session_endpoint',
  'grant_types_supported',
  'id_token_encryption_alg_values_supported',
  'id_token_encryption_enc_values_supported',
  'id_token_signing_alg_values_supported',
  'introspection_endpoint',
  'introspection_endpoint_auth_methods_supported',
  'introspection_signing_alg_values_supported',
  'issuer',
  'jwks_uri',
  'prompt_values_supported',
  'pushed_authorization_request_endpoint',
  'request_object_signing_alg_values_supported',
  'request_parameter_supported',
  'request_uri_parameter_supported',
  'require_pushed_authorization_requests',
  'response_modes_supported',
  'response_types_supported',
  'revocation_endpoint',
  'scopes_supported',
  'subject_types_supported',
  'token_endpoint',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'userinfo_encryption_alg_values_supported',
  'userinfo_encryption_enc_values_supported',
  'userinfo_endpoint',
  'userinfo_signing_alg_values_supported',
]

describe('provider metadata and JWKS', () => {
  test.each(documents)('%s has stable content and public cache headers', async (path) => {
    const first = await fetch(host.issuer + path)
    const second = await fetch(host.issuer + path)
    const bytes = await first.text()
    expect(await second.text()).toBe(bytes)
    for (const response of [first, second]) {
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('public, max-age=300')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('etag')).toBe(first.headers.get('etag'))
    }
    const head = await fetch(host.issuer + path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(Buffer.byteLength(bytes)),
      '',
    ])
  })

  test.each(documents)('%s gets 304 if the client has the current version', async (path) => {
    const etag = (await fetch(host.issuer + path)).headers.get('etag') ?? ''
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await fetch(host.issuer + path, { headers: { 'if-none-match': known } })
      expect([known, response.status, await response.text()]).toEqual([known, 304, ''])
    }
    expect((await fetch(host.issuer + path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  test('both metadata URLs return the same document for any Host header', async () => {
    const [openid, oauth] = await Promise.all(
      documents.slice(0, 2).map(async (path) => (await fetch(host.issuer + path)).text()),
    )
    expect(oauth).toBe(openid)
    expect(openid).not.toContain('127.0.0.1')
  })

  test('lists only supported features', async () => {
    const metadata = (await (await fetch(host.issuer + documents[0])).json()) as Readonly<Record<string, unknown>>
    expect(Object.keys(metadata).sort()).toEqual(everythingAdvertised)
    expect(Object.values(metadata)).not.toContainEqual([])
    const addresses = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name))
    expect(addresses).toHaveLength(9)
    for (const [name, address] of addresses) {
      const sendRequest = async (method: string) =>
        (await fetch(String(address), { method, redirect: 'manual' })).status
      expect([name, [await sendRequest('GET'), await sendRequest('POST')]]).not.toEqual([name, [404, 404]])
    }
    expect(metadata).toMatchObject({
      grant_types_supported: [
        'authorization_code',
        'implicit',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      response_types_supported: ['code', 'id_token'],
      response_modes_supported: ['form_post', 'fragment', 'query', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'none',
      ],
      subject_types_supported: ['public', 'pairwise'],
      code_challenge_methods_supported: ['S256'],
      request_uri_parameter_supported: false,
    })
    const { client, secret } = await host.client({})
    for (const grant_type of metadata.grant_types_supported as readonly string[]) {
      const response = await sendForm(host, 'token', { grant_type, client_id: client.id, client_secret: secret })
      // This parameter applies only to the authorization endpoint.
      const known = grant_type === 'implicit' ? 'unsupported_grant_type' : expect.not.stringContaining('unsupported')
      expect([grant_type, String(Reflect.get((await response.json()) as object, 'error'))]).toEqual([grant_type, known])
    }
  })

  test('can be fetched from another origin, with no other method allowed', async () => {
    for (const path of documents) {
      const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
      const preflight = await fetch(host.issuer + path, { method: 'OPTIONS', headers })
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, headers.origin])
      expect((await fetch(host.issuer + path, { method: 'POST' })).status).toBe(405)
    }
  })

  test('a browser client of another origin may request tokens and UserInfo, and can read errors', async () => {
    const { client } = await host.client({ isPublic: true })
    const origin = 'https://app.example'
    const form = { grant_type: 'refresh_token', refresh_token: 'unknown', client_id: client.id }
    for (const [path, init, status] of [
      ['token', { method: 'POST', body: new URLSearchParams(form) }, 400],
      ['revoke', { method: 'POST', body: new URLSearchParams({ token: 'unknown', client_id: client.id }) }, 200],
      ['userinfo', { headers: { authorization: 'Bearer unknown' } }, 401],
    ] as const) {
      const { method = 'GET' } = init as RequestInit
      const wanted = { 'access-control-request-method': method, 'access-control-request-headers': 'authorization' }
      const url = `${host.issuer}/api/oidc/${path}`
      const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin, ...wanted } })
      const response = await fetch(url, { ...init, headers: { ...('headers' in init && init.headers), origin } })
      const allowed = [preflight, response].map(({ headers }) => headers.get('access-control-allow-origin'))
      expect([path, preflight.status, response.status, ...allowed]).toEqual([path, 204, status, origin, origin])
    }
  })

  test('advertises prompt=create only while sign-up is open, with a stable document in each state', async () => {
    const open = { value: false }
    await using host = await startHost({
      options: { pages: { signUpUrl: async () => (open.value ? '/signup' : null) } },
    })
    const read = async () => {
      const response = await fetch(host.issuer + documents[0])
      const { prompt_values_supported: prompts } = (await response.json()) as { prompt_values_supported: string[] }
      return { etag: response.headers.get('etag'), prompts }
    }
    const closed = await read()
    expect(closed.prompts).toEqual(['none', 'login', 'consent', 'select_account'])
    open.value = true
    expect((await read()).prompts).toEqual([...closed.prompts, 'create'])
    open.value = false
    expect(await read()).toEqual(closed)
  })

  test.each(documents)('%s is serialized once instead of for each request', async (path) => {
    const read = async () => (await fetch(host.issuer + path)).text()
    const first = await read()
    const { stringify } = JSON
    const written: string[] = []
    JSON.stringify = new Proxy(stringify, {
      apply(target, self, input) {
        const text: string = Reflect.apply(target, self, input)
        written.push(text)
        return text
      },
    })
    try {
      expect([await read(), await read()]).toEqual([first, first])
    } finally {
      JSON.stringify = stringify
    }
    expect(written.filter((text) => text === first)).toEqual([])
  })

  test('the back-channel endpoints can use another origin, the front-channel endpoints cannot', async () => {
    await using host = await startHost({ options: { protocol: { internalOrigin: 'http://pocket:1411' } } })
    const internal = Object.entries({
      token_endpoint: '/api/oidc/token',
      userinfo_endpoint: '/api/oidc/userinfo',
      introspection_endpoint: '/api/oidc/introspect',
      revocation_endpoint: '/api/oidc/revoke',
      pushed_authorization_request_endpoint: '/api/oidc/par',
      jwks_uri: '/.well-known/jwks.json',
    }).map(([name, path]) => [name, `http://pocket:1411${path}`])
    expect(await (await fetch(`${host.issuer}/.well-known/openid-configuration`)).json()).toMatchObject({
      issuer: host.issuer,
      authorization_endpoint: `${host.issuer}/authorize`,
      end_session_endpoint: `${host.issuer}/api/oidc/end-session`,
      device_authorization_endpoint: `${host.issuer}/api/oidc/device/authorize`,
      ...Object.fromEntries(internal),
    })
  })
})

test('accepts the internal endpoint URL as the audience of a client assertion', async () => {
  const internalOrigin = 'http://pocket:1411'
  await using host = await startHost({ options: { protocol: { internalOrigin } } })
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] }
  const { client } = await host.client({ protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks } })
  const sendRequest = (origin: string, aud: string) => {
    const authentication = oidc.PrivateKeyJwt(
      { key: privateKey, kid: 'one' },
      {
        [oidc.modifyAssertion]: (_header, payload) => {
          payload.aud = aud
        },
      },
    )
    const configuration = new oidc.Configuration(
      { issuer: host.issuer, token_endpoint: `${origin}/api/oidc/token` },
      client.id,
      undefined,
      authentication,
    )
    oidc.allowInsecureRequests(configuration)
    configuration[oidc.customFetch] = fetchThrough({ [internalOrigin]: host.issuer }) as oidc.CustomFetch
    return { configuration, DPoP: oidc.getDPoPHandle(configuration, keys) }
  }
  const keys = await oidc.randomDPoPKeyPair('ES256')
  for (const origin of [internalOrigin, host.issuer])
    for (const aud of [host.issuer, `${host.issuer}/api/oidc/token`, `${internalOrigin}/api/oidc/token`]) {
      const { configuration, DPoP } = sendRequest(origin, aud)
      expect(await oidc.clientCredentialsGrant(configuration, {}, { DPoP })).toMatchObject({ token_type: 'dpop' })
    }
  for (const aud of ['http://elsewhere:1411/api/oidc/token', internalOrigin]) {
    const { configuration } = sendRequest(internalOrigin, aud)
    await expect(oidc.clientCredentialsGrant(configuration)).rejects.toMatchObject({ error: 'invalid_client' })
  }
  expect(host.errors).toEqual([])
})

describe('WebFinger', () => {
  const rel = 'http://openid.net/specs/connect/1.0/issuer'
  const options = { protocol: { webFingerDomains: () => ['example.com'] } }

  async function fetchWebFinger(issuer: string, query: string, method = 'GET') {
    return fetch(`${issuer}/.well-known/webfinger${query}`, { method })
  }

  test('returns the issuer for all accounts of a configured domain', async () => {
    await using host = await startHost({ options })
    for (const more of ['', `&rel=${encodeURIComponent(rel)}`]) {
      const response = await fetchWebFinger(
        host.issuer,
        `?resource=${encodeURIComponent('acct:nobody@Example.com')}${more}`,
      )
      expect(response.headers.get('content-type')).toBe('application/jrd+json')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.json()).toEqual({
        subject: 'acct:nobody@Example.com',
        links: [{ rel, href: host.issuer }],
      })
    }
    const other = await fetchWebFinger(host.issuer, '?resource=acct:a@example.com&rel=avatar')
    expect(await other.json()).toEqual({ subject: 'acct:a@example.com', links: [] })
  })

  test.each([
    ['another domain', '?resource=acct:a@example.org', 404],
    ['a subdomain', '?resource=acct:a@sub.example.com', 404],
    ['a resource without an account', '?resource=https://example.com/a', 404],
    ['no resource', '', 400],
    ['an empty resource', '?resource=', 400],
    ['a resource that is not a URI', '?resource=example.com', 400],
    ['two resources', '?resource=acct:a@example.com&resource=acct:b@example.com', 400],
    ['a huge resource', `?resource=acct:${'a'.repeat(3000)}@example.com`, 400],
  ])('answers %s with a status', async (_, query, status) => {
    await using host = await startHost({ options })
    const response = await fetchWebFinger(host.issuer, query)
    expect([response.status, await response.text()]).toEqual([status, ''])
  })

  test('is read-only, and returns nothing if no domain is configured', async () => {
    expect((await fetchWebFinger(host.issuer, '?resource=acct:a@example.com')).status).toBe(404)
    expect((await fetchWebFinger(host.issuer, '?resource=acct:a@example.com', 'POST')).status).toBe(405)
  })
})
