import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { SynologyDsm, type SynologyDsmOptions, synologyDsmFailures } from '@pocket/test-support/relying-parties'
import { type FakeProvider, type FakeProviderAnswers, startFakeProvider } from './fake-provider.ts'

let provider: FakeProvider

beforeEach(async () => {
  provider = await startFakeProvider()
})

afterEach(async () => {
  await provider[Symbol.asyncDispose]()
})

function createDsm(change: Partial<SynologyDsmOptions> = {}): SynologyDsm {
  return new SynologyDsm({
    wellKnownUrl: `${provider.issuer}/.well-known/openid-configuration`,
    clientId: 'dsm',
    clientSecret: 'secret',
    redirectUris: ['https://nas.example.com:5001'],
    accounts: ['ada', 'grace'],
    ...change,
  })
}

/** The steps of the browser: to the provider and back to the NAS. */
async function visit(url: string): Promise<string> {
  const userAgent = new UserAgent()
  return userAgent.followTo(await userAgent.get(url), (to) => !to.startsWith(provider.issuer))
}

async function signIn(nas = createDsm()) {
  await nas.save()
  return nas.finish(await visit(nas.begin().url))
}

describe('sign-in', () => {
  test('succeeds if the account exists', async () => {
    expect(await signIn()).toEqual({ signedIn: true, accountName: 'ada' })
  })

  test('sends the same request as DSM', async () => {
    const nas = createDsm({ redirectUris: ['https://nas.example.com:5001/'] })
    await nas.save()
    const { url, state } = nas.begin()
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      response_type: 'code',
      client_id: 'dsm',
      redirect_uri: 'https://nas.example.com:5001/',
      scope: 'openid email profile',
      state,
    })
    expect(state.length).toBeGreaterThanOrEqual(8)
  })

  test.each(['https://nas.example.com:5001', 'https://nas.example.com:5001/'] as const)(
    'sends %s as typed and its secret in the body',
    async (redirectUri) => {
      expect(await signIn(createDsm({ redirectUris: [redirectUri] }))).toMatchObject({ signedIn: true })
      expect(provider.tokenRequests).toEqual([
        {
          authorization: undefined,
          fields: {
            grant_type: 'authorization_code',
            code: expect.any(String),
            redirect_uri: redirectUri,
            client_id: 'dsm',
            client_secret: 'secret',
          },
        },
      ])
    },
  )

  test('uses the redirect URI of the host on which DSM was opened, and the last one if none matches', async () => {
    const nas = createDsm({
      redirectUris: ['https://nas.example.com:5001', 'https://photos.example.com', 'https://last.example.com'],
    })
    await nas.save()
    const redirectUriFor = (host?: string) =>
      new URL(nas.begin(host === undefined ? {} : { host }).url).searchParams.get('redirect_uri')
    expect(redirectUriFor()).toBe('https://nas.example.com:5001')
    expect(redirectUriFor('photos.example.com')).toBe('https://photos.example.com')
    expect(redirectUriFor('photos.example.com:443')).toBe('https://photos.example.com')
    expect(redirectUriFor('nas.example.com')).toBe('https://last.example.com')
    const callback = await visit(nas.begin({ host: 'photos.example.com' }).url)
    expect(callback.startsWith('https://photos.example.com/?')).toBe(true)
    expect(await nas.finish(callback)).toMatchObject({ signedIn: true })
  })

  test('uses another user name claim if configured', async () => {
    provider.answers.idToken = { username: 'grace' }
    provider.answers.userInfo = { username: 'grace' }
    expect(await signIn(createDsm({ userNameClaim: 'username' }))).toEqual({ signedIn: true, accountName: 'grace' })
  })

  test('keeps the endpoints from the time it was saved', async () => {
    const nas = createDsm()
    await nas.save()
    provider.answers.discovery = {
      authorization_endpoint: 'https://moved.example/authorize',
      token_endpoint: 'https://moved.example/token',
    }
    expect(new URL(nas.begin().url).origin).toBe(provider.issuer)
    expect(await nas.finish(await visit(nas.begin().url))).toMatchObject({ signedIn: true })
  })
})

describe('saving', () => {
  test('fails like DSM if discovery is missing, and leaves no configuration for a sign-in', async () => {
    const nas = createDsm({ wellKnownUrl: `${provider.issuer}/elsewhere` })
    await expect(nas.save()).rejects.toThrow(synologyDsmFailures.unreachable)
    expect(() => nas.begin()).toThrow(synologyDsmFailures.unreachable)
  })

  test.each([
    ['a provider that cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['a page instead of JSON', () => Promise.resolve(new Response('<!doctype html>'))],
    ['an endpoint missing', () => Promise.resolve(Response.json({ token_endpoint: 'https://id.example.com/token' }))],
  ])('fails with %s', async (_, answer) => {
    await expect(createDsm({ fetch: answer }).save()).rejects.toThrow(synologyDsmFailures.unreachable)
  })
})

describe('rejections', () => {
  const { notConfigured, invalidUser, notPrivilege } = synologyDsmFailures
  const past = Math.floor(Date.now() / 1000) - 1
  const failures: [string, Partial<FakeProviderAnswers>, string, RegExp][] = [
    ['an ES256 signature', { algorithm: 'ES256', kid: 'ec' }, notConfigured, /ES256/],
    ['a forged signature', { forged: true }, notConfigured, /signature/],
    ['a key that is not published', { kid: 'unknown' }, notConfigured, /matches none of 0 RSA keys/],
    [
      'discovery without RS256',
      { discovery: { id_token_signing_alg_values_supported: ['ES256'] } },
      notConfigured,
      /RS256/,
    ],
    ['another issuer', { idToken: { iss: 'https://evil.example' } }, notConfigured, /iss/],
    ['another audience', { idToken: { aud: ['other'] } }, notConfigured, /aud/],
    ['an expired ID token', { idToken: { exp: past } }, notConfigured, /exp/],
    ['a rejected code', { tokenStatus: 400 }, notConfigured, /invalid_grant/],
    ['another subject at UserInfo', { userInfo: { sub: 'other' } }, notConfigured, /subject/],
    ['no claim at UserInfo', { userInfo: { preferred_username: undefined } }, invalidUser, /UserInfo has no/],
    ['no claim in the ID token', { idToken: { preferred_username: undefined } }, invalidUser, /in the ID token/],
    ['names that differ', { idToken: { preferred_username: 'grace' } }, invalidUser, /"grace" in the ID token/],
    ['an error instead of a code', { authorizationError: 'access_denied' }, notPrivilege, /access_denied/],
  ]

  test.each(failures)('%s', async (_, change, failure, log) => {
    Object.assign(provider.answers, change)
    expect(await signIn()).toMatchObject({ signedIn: false, failure, log: expect.stringMatching(log) })
  })

  test('an unknown account name', async () => {
    expect(await signIn(createDsm({ accounts: ['Ada', 'ada@example.com'] }))).toEqual({
      signedIn: false,
      accountName: 'ada',
      failure: invalidUser,
      log: 'There is no account "ada"',
    })
  })

  test('an unknown state, or one that was already used', async () => {
    const nas = createDsm()
    await nas.save()
    const callback = new URL(await visit(nas.begin().url))
    const forged = new URL(callback)
    forged.searchParams.set('state', 'somebody-elses')
    expect(await nas.finish(forged.href)).toMatchObject({
      signedIn: false,
      failure: notPrivilege,
      log: expect.stringMatching(/state/),
    })
    expect(provider.tokenRequests).toEqual([])
    expect(await nas.finish(callback.href)).toMatchObject({ signedIn: true })
    expect(await nas.finish(callback.href)).toMatchObject({ signedIn: false, failure: notPrivilege })
  })

  test('a browser that returns to another URL', async () => {
    const nas = createDsm()
    await nas.save()
    await expect(nas.finish('https://evil.example/?code=1&state=2')).rejects.toThrow('not this DSM')
  })
})
