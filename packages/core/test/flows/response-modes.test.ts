import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { createPocket, MasterKey } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { minute, second, startHost, viewOf, visit } from './host.ts'
import { login, redirectUri, relyingParty } from './login.ts'
import { fetchUserInfo, verifyJwt } from './requests.ts'

test.each(['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'])(
  'signs errors in response mode %s for the client too',
  async (mode) => {
    await using host = await startHost()
    const { client } = await relyingParty(host)
    const parameters = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 'x', prompt: 'none' }
    const query = new URLSearchParams({ client_id: client.id, response_mode: mode, ...parameters })
    const { location, text } = await new UserAgent().get(`${host.issuer}/authorize?${query}`)
    const [, response = ''] = /(?:[?#]response=|name="response" value=")([^&"]+)/.exec(location ?? text) ?? []
    const { payload } = await verifyJwt(host, response, { audience: client.id })
    expect(payload).toMatchObject({ error: 'login_required', state: 'x', exp: expect.any(Number) })
    expect(new URL(location ?? redirectUri).searchParams.has('error')).toBe(false)
  },
)

test.each(['form_post', 'form_post.jwt'])(
  '%s: the page may post to the client, and runs only its own script',
  async (mode) => {
    await using host = await startHost()
    const { configuration } = await relyingParty(host)
    const { page } = await login(host, configuration, { response_mode: mode })
    expect(page.status).toBe(200)
    expect(page.text).toContain(`action="${redirectUri}"`)
    expect(page.text).toMatch(mode.includes('jwt') ? /name="response" value="[^"]+"/ : /name="code" value="[^"]+"/)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).not.toContain('form-action')
    expect(policy).toMatch(/script-src [^;]*'sha256-/)
  },
)

describe('time limits', () => {
  let ahead = 0
  beforeEach(() => {
    ahead = 0
    const now = Date.now.bind(Date)
    jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead)
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })

  async function createFixture(options: Parameters<typeof relyingParty>[1]) {
    const host = await startHost()
    const { configuration } = await relyingParty(host, options)
    const { finish } = await login(host, configuration)
    let token = (await finish()).refresh_token ?? ''
    return {
      async refresh() {
        token = (await oidc.refreshTokenGrant(configuration, token)).refresh_token ?? ''
      },
      end: async () => (await oidc.tokenIntrospection(configuration, token)).exp ?? 0,
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    }
  }

  test('a refreshed ID token keeps the time of the original request', async () => {
    await using host = await startHost()
    const { configuration } = await relyingParty(host)
    const { finish } = await login(host, configuration)
    ahead += 5 * second
    const first = await finish()
    ahead += 5 * second
    const again = await oidc.refreshTokenGrant(configuration, first.refresh_token ?? '')
    expect(again.claims()?.rat).toBe(first.claims()?.rat)
    expect(again.claims()?.rat).toBeLessThan(Number(first.claims()?.iat))
  })

  test('each use extends the lifetime of a refresh token', async () => {
    await using one = await createFixture({ client: { refreshTokenDurationMinutes: 10 } })
    const first = await one.end()
    for (const _ of [1, 2]) {
      ahead += 8 * minute
      await one.refresh()
    }
    expect((await one.end()) - first).toBeGreaterThanOrEqual(16 * 60)
    ahead += 11 * minute
    await expect(one.refresh()).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test.each([false, true])(
    'an access token, a code and a pushed request expire as announced (JWT: %s)',
    async (jwtAccessTokens) => {
      await using host = await startHost()
      const { configuration } = await relyingParty(host, {
        client: { accessTokenDurationMinutes: 5 },
        protocol: { jwtAccessTokens },
      })
      const person = await host.person('ada')
      const { finish, agent } = await login(host, configuration, {}, { person })
      const { access_token: token, expires_in: lives } = await finish()
      expect(lives).toBe(300)
      ahead += 4 * minute
      expect(await oidc.fetchUserInfo(configuration, token, person.account.id)).toMatchObject({
        sub: person.account.id,
      })
      ahead += 1.5 * minute
      const response = await fetchUserInfo(host, token)
      expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toMatchObject([
        401,
        expect.stringContaining('error="invalid_token"'),
        { error: 'invalid_token' },
      ])
      expect(await oidc.tokenIntrospection(configuration, token)).toEqual({ active: false })

      const late = await login(host, configuration, {}, { person, agent })
      ahead += 11 * minute
      await expect(late.finish()).rejects.toMatchObject({ status: 400, error: 'invalid_grant' })

      const parameters = { redirect_uri: redirectUri, scope: 'openid' }
      const pushed = await oidc.buildAuthorizationUrlWithPAR(configuration, parameters)
      ahead += 1.5 * minute
      const page = await visit(agent, pushed)
      expect([page.status, viewOf(page)]).toMatchObject([400, { view: 'error', code: 'invalid_request_uri' }])
      expect(host.errors).toEqual([])
    },
  )

  test('a refresh token expires at its absolute limit, however often it is used', async () => {
    await using one = await createFixture({ protocol: { refreshTokenAbsoluteLifetimeMinutes: 10 } })
    const first = await one.end()
    for (const _ of [1, 2]) {
      ahead += 4 * minute
      await one.refresh()
    }
    expect(Math.abs((await one.end()) - first)).toBeLessThanOrEqual(3)
    ahead += 3 * minute
    await expect(one.refresh()).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

test.each([-1, 11, Number.NaN])('rejects a leeway of %d seconds', async (refreshLeeway) => {
  const pocket = createPocket({
    issuer: 'http://localhost',
    name: 'Test',
    masterKey: MasterKey.from('a master key that is long enough'),
    accounts: { find: async () => undefined },
    stores: memoryStores(),
    pages: { render: () => '' },
    protocol: { refreshTokenLeeway: refreshLeeway },
  })
  await expect(pocket).rejects.toMatchObject({ code: 'misconfigured' })
})
