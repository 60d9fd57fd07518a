import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { allStoreKinds } from '../contracts/store-kinds.ts'
import { startHostOver } from './host.ts'
import { redirectUri } from './login.ts'

type Fields = readonly (readonly [name: string, value: string])[]

/** A valid request, except that it names unknown values. */
const wellFormed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'token, a code': {
    grant_type: 'authorization_code',
    code: 'unknown',
    redirect_uri: redirectUri,
    code_verifier: 'v'.repeat(43),
  },
  'token, a refresh': { grant_type: 'refresh_token', refresh_token: 'unknown', scope: 'openid' },
  'token, the client itself': { grant_type: 'client_credentials', scope: 'openid', resource: 'https://api.example' },
  'token, a device': { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'unknown' },
  'token, an assertion': { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'unknown' },
  introspect: { token: 'unknown', token_type_hint: 'access_token' },
  revoke: { token: 'unknown', token_type_hint: 'refresh_token' },
  'device/authorize': { scope: 'openid' },
  par: {
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 's',
    nonce: 'n',
    claims: '{}',
    max_age: '1',
  },
}

const pathOf = (endpoint: string) => `/api/oidc/${endpoint.split(',', 1)[0]}`
const fieldNames = (fields: Readonly<Record<string, string>>) => ['client_id', 'client_secret', ...Object.keys(fields)]
const form = 'application/x-www-form-urlencoded'

/** The errors of RFC 6749 §5.2, RFC 6750 §3.1, RFC 8707 §2 and RFC 9126 §2.3. */
const known =
  /^(invalid_(request|client|grant|scope|token|target|redirect_uri|request_object|request_uri)|unauthorized_client|authorization_pending|expired_token|unsupported_(grant_type|response_type|response_mode)|request_not_supported|access_denied|consent_required)$/

// PostgreSQL rejects more text values than SQLite.
describe.each(Object.entries(allStoreKinds).filter(([kind]) => kind === 'PostgreSQL'))('%s', (_kind, open) => {
  const host = shareBetweenTests(() => startHostOver(open))
  let own: Record<string, string>

  beforeAll(async () => {
    const { client, secret } = await host.client({ redirectUris: [redirectUri] })
    own = { client_id: client.id, client_secret: secret }
  })

  beforeEach(() => {
    host.errors.length = 0
  })

  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type: string = form) =>
    fetch(host.issuer + path, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' })

  const wellFormedFields = (endpoint: string): Fields => Object.entries({ ...own, ...wellFormed[endpoint] })

  /** Asserts an error response as specified, without a server error. */
  async function readError(response: Response): Promise<string> {
    const body = (await response.json()) as { error?: string; error_description?: string }
    expect(host.errors).toEqual([])
    expect([400, 401, 413, 415]).toContain(response.status)
    expect(body).toMatchObject({ error: expect.stringMatching(known), error_description: expect.any(String) })
    return body.error ?? ''
  }

  describe.each(Object.keys(wellFormed))('%s', (endpoint) => {
    const path = pathOf(endpoint)
    const send = (fields: Fields, type = form) =>
      post(path, new URLSearchParams(fields.map(([name, value]) => [name, value])).toString(), type)

    test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense'])(
      'rejects a body of type %s',
      async (type) => {
        expect(await readError(await send(wellFormedFields(endpoint), type))).toMatch(/^invalid_(request|client)$/)
      },
    )

    test.each<[string, string | Uint8Array<ArrayBuffer>]>([
      ['nothing', ''],
      ['broken escapes', '%ZZ=%E0%A4&client_id=%'],
      ['bytes that are not text', Buffer.from([0xff, 0xfe, 0x00, 0x3d, 0xff])],
      ['names of prototypes', '__proto__=a&constructor=b&toString=c'],
      ['structures', 'client_id[]=a&client_secret[b]=c&token[0][x]=d'],
      ['separators', '&&&===&&='],
      ['thousands of fields', 'a=b&'.repeat(10_000)],
      ['a megabyte', `token=${'x'.repeat(1_000_000)}`],
    ])(
      'rejects a body with %s, and keeps the connection open',
      async (_name, body) => {
        await readError(await post(path, body))
        await readError(await post(path, ''))
      },
      3_000,
    )

    test.each(fieldNames(wellFormed[endpoint] ?? {}))(
      'handles a missing, duplicate, empty, malformed and long %s',
      async (name) => {
        const fields = wellFormedFields(endpoint)
        const others = fields.filter(([each]) => each !== name)
        const twice = await send([...fields, [name, 'another']])
        // RFC 8707 §2 allows this parameter more than once.
        if (name !== 'resource')
          expect([name, await readError(twice)]).toEqual([name, expect.stringMatching(/^invalid_|^unsupp/)])
        for (const value of [undefined, '', '\0', 'a\0b', '\ud800', "' OR 1=1 --", '../../x', 'x'.repeat(20_000)]) {
          const response = await send(value === undefined ? others : [...others, [name, value]])
          expect(response.status).toBeLessThan(500)
          expect([name, value?.slice(0, 20), host.errors]).toEqual([name, value?.slice(0, 20), []])
          if (response.status >= 400) await readError(response)
        }
      },
    )

    test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('does not accept %s', async (method) => {
      const response = await fetch(host.issuer + path, { method })
      expect([response.status, await response.json()]).toMatchObject([405, { error: 'invalid_request' }])
    })
  })

  test.each([
    ['no scheme', 'nonsense'],
    ['another scheme', 'Digest username="a"'],
    ['no token', 'Bearer '],
    ['two tokens', 'Bearer a b'],
    ['a NUL in Basic', `Basic ${btoa('a\0:b')}`],
    ['no colon in Basic', `Basic ${btoa('a')}`],
    ['no base64 in Basic', 'Basic %%%'],
    ['broken escapes in Basic', `Basic ${btoa('%ZZ:%E0')}`],
    ['a long Basic', `Basic ${btoa(`a:${'x'.repeat(6000)}`)}`],
  ])('rejects an Authorization header with %s at every endpoint', async (_name, authorization) => {
    for (const endpoint of ['token', 'introspect', 'revoke', 'par', 'userinfo']) {
      const body = new URLSearchParams({ grant_type: 'client_credentials', token: 'x', response_type: 'code' })
      const headers = { authorization }
      await readError(await fetch(`${host.issuer}/api/oidc/${endpoint}`, { method: 'POST', body, headers }))
    }
  })

  test.each([
    ['no token', {}, '', 401],
    ['a token in the query', {}, '?access_token=x', 400],
    ['an unknown token', { headers: { authorization: 'Bearer x' } }, '', 401],
    ['a long token', { headers: { authorization: `Bearer ${'x'.repeat(10_000)}` } }, '', 401],
    [
      'two tokens',
      { method: 'POST', headers: { authorization: 'Bearer x' }, body: new URLSearchParams({ access_token: 'x' }) },
      '',
      400,
    ],
    ['a repeated token', { method: 'POST', body: new URLSearchParams('access_token=x&access_token=y') }, '', 400],
    ['a NUL', { method: 'POST', body: new URLSearchParams({ access_token: 'a\0' }) }, '', 401],
    [
      'JSON',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"access_token":"x"}' },
      '',
      400,
    ],
    ['a proof of possession without a token', { headers: { dpop: 'x' } }, '', 401],
    ['a DPoP token without a proof', { headers: { authorization: 'DPoP x' } }, '', 400],
  ])('UserInfo rejects %s with a WWW-Authenticate challenge', async (_name, init, query, status) => {
    const response = await fetch(`${host.issuer}/api/oidc/userinfo${query}`, init as RequestInit)
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).toMatch(/^(Bearer|DPoP) /)
    await readError(response)
  })

  describe('authorization request', () => {
    const parameters: Readonly<Record<string, string>> = {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
      state: 's',
      nonce: 'n',
      response_mode: 'query',
      prompt: 'login',
      max_age: '1',
      claims: '{"userinfo":{}}',
      display: 'page',
      ui_locales: 'de',
      login_hint: 'ada',
      acr_values: 'phr',
      id_token_hint: 'x.y.z',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      request: 'x.y.z',
      request_uri: 'urn:ietf:params:oauth:request_uri:x',
      resource: 'https://api.example',
      dpop_jkt: 'j'.repeat(43),
      authorization_details: '[]',
      registration: '{}',
    }
    const baseParameters = () => ({
      client_id: own.client_id ?? '',
      ...Object.fromEntries(Object.entries(parameters).slice(0, 5)),
    })

    /** Returns `page`, `interaction`, or the error or code that the client receives. */
    async function readOutcome(url: string): Promise<string> {
      const response = await fetch(url, { redirect: 'manual' })
      expect(host.errors).toEqual([])
      if (response.status >= 400) {
        expect(response.status).toBe(400)
        expect(response.headers.get('content-type')).toMatch(/^text\/html/)
        return 'page'
      }
      const location = new URL(response.headers.get('location') ?? '', url)
      expect([host.issuer, new URL(redirectUri).origin]).toContain(location.origin)
      return location.origin === host.issuer ? 'interaction' : (location.searchParams.get('error') ?? 'code')
    }

    test.each(['client_id', ...Object.keys(parameters)])('with a %s of any type gets a response', async (name) => {
      for (const value of [
        '',
        '\0',
        'a\0b',
        '\ud800',
        '{',
        '[]',
        '-1',
        '9'.repeat(400),
        'null',
        '<script>',
        'x'.repeat(10_000),
      ]) {
        const query = new URLSearchParams({ ...baseParameters(), [name]: value })
        const end = await readOutcome(`${host.issuer}/authorize?${query}`)
        if (/^(client_id|redirect_uri)$/.test(name)) expect([value, end]).toEqual([value, 'page'])
      }
      const twice = new URLSearchParams({ ...baseParameters(), [name]: parameters[name] ?? own.client_id ?? '' })
      twice.append(name, 'another')
      if (!/^(resource|authorization_details)$/.test(name))
        expect(await readOutcome(`${host.issuer}/authorize?${twice}`)).toMatch(
          /^(page|invalid_request|\w+_not_supported)$/,
        )
    })

    test.each([
      ['without a client', { client_id: undefined }, 'page'],
      ['without a redirect URI', { redirect_uri: undefined }, 'page'],
      ['without a response type', { response_type: undefined }, 'invalid_request'],
      ['with a resource that is not a URL', { resource: 'nonsense' }, 'invalid_target'],
      [
        'with a `request_uri` of another site',
        { request_uri: 'https://evil.example/request' },
        'request_uri_not_supported',
      ],
      ['with a registration', { registration: '{}' }, 'registration_not_supported'],
    ])('%s ends as expected', async (_name, changes, expected) => {
      const fields = Object.entries({ ...baseParameters(), ...changes }).filter(
        (each): each is [string, string] => each[1] !== undefined,
      )
      expect(await readOutcome(`${host.issuer}/authorize?${new URLSearchParams(fields)}`)).toBe(expected)
    })

    test.each([
      ['the host as a user name', 'https://app.example@evil.example/callback'],
      ['no scheme', '//evil.example/callback'],
      ['a script', 'javascript:alert(1)//https://app.example/callback'],
      ['data', 'data:text/html,https://app.example/callback'],
      ['a line break', `${redirectUri}\r\nSet-Cookie: a=b`],
      ['a fragment', `${redirectUri}#https://evil.example`],
      ['a placeholder of the library', 'https://placeholder.invalid/1'],
    ])('to a redirect URI with %s stops on an error page', async (_name, uri) => {
      expect(
        await readOutcome(
          `${host.issuer}/authorize?${new URLSearchParams({ ...baseParameters(), redirect_uri: uri })}`,
        ),
      ).toBe('page')
      const pushed = await post(
        '/api/oidc/par',
        new URLSearchParams({ ...own, ...baseParameters(), redirect_uri: uri }).toString(),
      )
      expect(await readError(pushed)).toMatch(/^invalid_(redirect_uri|request)$/)
      const out = new URLSearchParams({ client_id: own.client_id ?? '', post_logout_redirect_uri: uri })
      const page = await fetch(`${host.issuer}/api/oidc/end-session?${out}`, {
        redirect: 'manual',
        headers: { accept: 'text/html' },
      })
      expect([page.status, page.headers.get('location')]).toEqual([200, null])
      expect(host.errors).toEqual([])
    })

    test.each(['/authorize', '/api/oidc/end-session'])(
      'posted to %s with an unreadable body shows an error page',
      async (path) => {
        const agent = new UserAgent()
        const headers = { accept: 'text/html' }
        const largest = 'state='.padEnd(16 * 1024, 'x')
        const attempts: [string | Uint8Array<ArrayBuffer>, string, number, string][] = [
          ['{}', 'application/json', 400, 'invalid_request_body'],
          ['a=b', 'text/plain', 400, 'invalid_request_body'],
          [`${largest}x`, form, 413, 'payload_too_large'],
          [`state=${'x'.repeat(1_000_000)}`, form, 413, 'payload_too_large'],
        ]
        for (const [body, type, status, code] of attempts) {
          const response = await fetch(host.issuer + path, {
            method: 'POST',
            body,
            headers: { ...headers, 'content-type': type },
          })
          expect([response.status, response.headers.get('content-type')]).toEqual([
            status,
            expect.stringMatching(/^text\/html/),
          ])
          expect(await response.text()).toContain(`"code":"${code}"`)
        }
        expect(host.events.at(-1)).toMatchObject({ event: 'request_refused', code: 'payload_too_large' })
        for (const body of ['', '%ZZ', '\xff', '__proto__=1', 'client_id=a&client_id=b']) {
          const page = await agent.follow(
            await agent.postForm(host.issuer + path, Object.fromEntries(new URLSearchParams(body))),
          )
          expect([page.status, page.headers.get('content-type')]).toEqual([
            expect.any(Number),
            expect.stringMatching(/^text\/html/),
          ])
          expect([200, 400]).toContain(page.status)
        }
        const twice = await post(path, 'client_id=a&client_id=b')
        expect([twice.status, twice.headers.get('location')]).toEqual([
          303,
          `${host.issuer}${path}?client_id=a&client_id=b`,
        ])
        expect((await post(path, largest)).status).toBe(303)
        expect(host.errors).toEqual([])
      },
    )
  })

  test.each([
    ['/.well-known/openid-configuration', 200],
    ['/.well-known/oauth-authorization-server', 200],
    ['/.well-known/jwks.json', 200],
    ['/.well-known/webfinger', 400],
  ])('ignores unexpected query parameters at %s', async (path, status) => {
    for (const query of [
      '',
      '?a=%00',
      '?%ZZ',
      '?resource',
      `?x=${'y'.repeat(8000)}`,
      '?resource=acct:%00@%00&resource=b',
    ])
      expect([query.slice(0, 20), (await fetch(`${host.issuer}${path}${query}`)).status]).toEqual([
        query.slice(0, 20),
        status,
      ])
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status: refused } = await fetch(host.issuer + path, { method })
      expect([404, 405]).toContain(refused)
    }
    expect(host.errors).toEqual([])
  })

  test.each([
    'acct:',
    'acct:ada',
    'acct:@localhost',
    'acct:ada@\0',
    'http://',
    '//x',
    `acct:${'x'.repeat(5000)}@a.example`,
  ])('WebFinger finds no account for %s', async (resource) => {
    const response = await fetch(`${host.issuer}/.well-known/webfinger?${new URLSearchParams({ resource })}`)
    expect([400, 404]).toContain(response.status)
    expect(host.errors).toEqual([])
  })

  test.each(['%', '%00', '%E0%A4%A', '..%2f..', 'x'.repeat(5000), '__proto__'])(
    'rejects an interaction with the ID %s as expired',
    async (uid) => {
      const headers = { accept: 'text/html' }
      for (const method of ['GET', 'POST']) {
        const response = await fetch(`${host.issuer}/interaction/${uid}${method === 'POST' ? '/login' : ''}`, {
          method,
          headers,
        })
        expect([400, 404]).toContain(response.status)
      }
      for (const path of [`/authorize/${uid}`, `/api/oidc/end-session/${uid}`]) {
        const { status } = await fetch(host.issuer + path, { headers, redirect: 'manual' })
        expect([400, 404]).toContain(status)
      }
      expect(host.errors).toEqual([])
    },
  )
})
