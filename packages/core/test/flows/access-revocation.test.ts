import { beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { accessToApi, resource } from './api-fixture.ts'
import { hour, resumeUrl, startHostOver, visit, withRoutes } from './host.ts'
import { interceptReads } from './intercepted-reads.ts'
import { authorizationUrl, login, type Parameters, redirectUri, relyingParty } from './login.ts'

const refused = { status: 400, error: 'invalid_grant' }

/** Approves a device in the session of the browser. */
const withDeviceRoute = withRoutes((pocket, req, res, query) => ({
  '/device': () => pocket.deviceAuthorizations.approve(req, res, { code: query('code') }),
}))

describe.each(Object.entries(storeKinds))('over %s', (_kind, open) => {
  const host = shareBetweenTests(() => startHostOver(open, { mount: withDeviceRoute }))
  let api: Awaited<ReturnType<typeof createNotesApi>>

  beforeAll(async () => {
    api = await createNotesApi()
  })

  /** An API with opaque tokens and its resource server. */
  async function createNotesApi() {
    const server = await relyingParty(host)
    const { id } = await host.pocket.apis.create({
      name: 'Notes',
      resource,
      accessTokenFormat: 'opaque',
      resourceServerClientIds: [server.client.id],
    })
    const api = await host.pocket.apis.setPermissions(id, [
      { key: 'notes:read', name: 'Read notes', description: 'See what you have written' },
    ])
    return { ...api, server }
  }

  /** A user in the only group of a client, with all tokens that the client received. */
  async function createFixture(jwtAccessTokens: boolean) {
    const client = { skipConsent: true, isGroupRestricted: true, postLogoutRedirectUris: [redirectUri] }
    const party = await relyingParty(host, { client, protocol: { jwtAccessTokens } })
    const { configuration } = party
    await host.pocket.clients.setAllowedGroups(party.client.id, ['g1'])
    await host.pocket.apis.setGrant(api.id, party.client.id, accessToApi(api, ['notes:read']))
    const browsing = { agent: new UserAgent(), person: await host.person('ada') }
    const code = async (extra: Parameters = {}) => (await login(host, configuration, extra, browsing)).finish
    const tokens = await (await code())()
    const atApi = await (await code({ resource, scope: 'openid notes:read' }))()
    const unexchanged = await code()
    const isActive = async (by: typeof configuration, token = '') => (await oidc.tokenIntrospection(by, token)).active
    const { account } = browsing.person
    return {
      ...party,
      ...browsing,
      account,
      tokens,
      /** The requests that can be sent without changing any state. */
      alive: async () => ({
        atUserInfo: await oidc.fetchUserInfo(configuration, tokens.access_token, account.id).then(
          () => true,
          ({ status }) => status !== 401,
        ),
        atIntrospection: await isActive(configuration, tokens.access_token),
        ofTheApi: await isActive(api.server.configuration, atApi.access_token),
        refreshToken: await isActive(configuration, tokens.refresh_token),
      }),
      refresh: () => oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? ''),
      exchange: () => unexchanged(),
    }
  }

  type RevocationFixture = Awaited<ReturnType<typeof createFixture>>

  const validAccess = (all: boolean) => ({ atUserInfo: all, atIntrospection: all, ofTheApi: all, refreshToken: all })
  const findSessionUid = async ({ account }: RevocationFixture) =>
    (await host.pocket.sessions.list(account.id))[0]?.uid ?? ''
  const listArtifacts = async ({ account }: RevocationFixture) => {
    const models = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'Grant']
    return (await Promise.all(models.map((model) => host.stores.artifacts.listByAccount(model, account.id)))).flat()
  }

  /** Changes only the account, without notifying core. */
  const changes: Readonly<Record<string, (one: RevocationFixture) => unknown>> = {
    'a disabled account': ({ account }) => host.accounts.set(account.id, { ...account, disabled: true }),
    'a deleted account': ({ account }) => host.accounts.delete(account.id),
    'a lost group': ({ account }) => host.accounts.set(account.id, { ...account, groups: [] }),
  }
  /** These revoke everything. */
  const ends: Readonly<Record<string, (one: RevocationFixture) => Promise<unknown>>> = {
    'an account that is disabled by the host': ({ account }) => host.pocket.endAccess(account.id),
    'a lost group that the host reports': ({ account }) => {
      host.accounts.set(account.id, { ...account, groups: [] })
      return host.pocket.endAccessByGroups(account.id, ['g1'])
    },
    'a revoked session': async (one) => host.pocket.sessions.end(one.account.id, await findSessionUid(one)),
    'a logout that the client requests': async ({ agent, configuration, tokens }) => {
      const hint = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: redirectUri }
      const response = await agent.get(oidc.buildEndSessionUrl(configuration, hint).href)
      expect(response.location).toBe(redirectUri)
    },
    'a logout that the user confirms': async ({ agent, configuration }) => {
      const page = await agent.get(oidc.buildEndSessionUrl(configuration).href)
      const { submitTo, hidden } = page.scriptJson() as { submitTo: string; hidden: Record<string, string> }
      await agent.postForm(submitTo, hidden)
    },
    'a refresh token that is revoked': ({ configuration, tokens }) =>
      oidc.tokenRevocation(configuration, tokens.refresh_token ?? ''),
    'an access token that is revoked': ({ configuration, tokens }) =>
      oidc.tokenRevocation(configuration, tokens.access_token),
  }

  test.each(
    Object.entries({ ...changes, ...ends }).flatMap(([way, end]) => [
      { way, end, format: 'opaque' },
      { way, end, format: 'signed' },
    ]),
  )('$way revokes all tokens immediately if the access token is $format', async ({ way, end, format }) => {
    const one = await createFixture(format === 'signed')
    expect(await one.alive()).toEqual(validAccess(true))
    await end(one)
    expect(await one.alive()).toEqual(validAccess(false))
    if (way in ends) expect(await listArtifacts(one)).toEqual([])
    // The first request may revoke the other token.
    const requests = format === 'signed' ? [one.refresh, one.exchange] : [one.exchange, one.refresh]
    for (const request of requests) await expect(request()).rejects.toMatchObject(refused)
    expect(host.errors).toEqual([])
  })

  test('a grant that ends during a token request stays revoked', async () => {
    const { configuration } = await relyingParty(host, { client: { skipConsent: true } })
    const browsing = { agent: new UserAgent(), person: await host.person('ada') }
    const first = await (await login(host, configuration, { scope: 'openid' }, browsing)).finish()
    const listGrantKeys = async () =>
      (await host.stores.artifacts.listByAccount('Grant', browsing.person.account.id)).map(({ key }) => key)
    const ended = await listGrantKeys()
    const { artifacts } = host.stores
    const find = artifacts.find.bind(artifacts)
    let endings = 0
    artifacts.find = async (key) => {
      const found = await find(key)
      if (ended.includes(key) && endings++ === 0) await oidc.tokenRevocation(configuration, first.refresh_token ?? '')
      return found
    }
    const wider = await (await login(host, configuration, { scope: 'openid email' }, browsing)).finish()
    artifacts.find = find
    expect(ended).toHaveLength(1)
    expect(await listGrantKeys()).not.toEqual(expect.arrayContaining(ended))
    expect(await oidc.tokenIntrospection(configuration, first.access_token)).toEqual({ active: false })
    expect(await oidc.tokenIntrospection(configuration, wider.access_token)).toMatchObject({ active: true })
    expect(host.errors).toEqual([])
  })

  test.each(['a code exchange', 'a refresh of a public client', 'a device code exchange'])(
    '%s during which access ends is rejected and leaves nothing',
    async (request) => {
      const isPublic = request !== 'a code exchange'
      const authentication = isPublic ? { authentication: oidc.None() } : {}
      const { configuration } = await relyingParty(host, { client: { isPublic }, ...authentication })
      const browsing = { agent: new UserAgent(), person: await host.person('ada') }
      const { account } = browsing.person
      const { finish } = await login(host, configuration, {}, browsing)
      const ask = {
        'a code exchange': async () => finish,
        'a refresh of a public client': async () => {
          const { refresh_token = '' } = await finish()
          return () => oidc.refreshTokenGrant(configuration, refresh_token)
        },
        'a device code exchange': async () => {
          const device = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid' })
          await browsing.agent.get(`${host.issuer}/device?${new URLSearchParams({ code: device.user_code })}`)
          return () => oidc.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0 })
        },
      }[request]
      const send = await ask?.()
      const { artifacts } = host.stores
      let endings = 0
      const restore = interceptReads(artifacts, async ({ model }) => {
        // The last read before the tokens are stored.
        if (model === 'Grant' && endings++ === 0) await host.pocket.endAccess(account.id)
      })
      await expect(send?.()).rejects.toMatchObject(refused)
      restore()
      expect(endings).toBeGreaterThan(0)
      for (const model of ['AccessToken', 'RefreshToken', 'Grant'])
        expect(await artifacts.listByAccount(model, account.id)).toEqual([])
      expect(host.errors).toEqual([])
    },
  )

  test('the end of access removes a sign-in that has not returned to its client yet', async () => {
    const { client } = await relyingParty(host)
    const { account, authenticator } = await host.person('ada')
    const agent = new UserAgent()
    await resumeUrl(agent, await visit(agent, authorizationUrl(host, client.id)), authenticator)
    const pending = () => host.stores.artifacts.listByAccount('Interaction', account.id)
    expect(await pending()).toHaveLength(1)
    await host.pocket.endAccess(account.id)
    expect(await pending()).toEqual([])
  })

  test.each([
    ['is over', { length: 600, idle: 0 }],
    ['was not used', { length: 30 * 86_400, idle: 300 }],
  ])('a session that %s revokes no tokens, and neither does its removal', async (_why, lifetime) => {
    const options = { sessionLifetime: async () => lifetime }
    await using other = await startHostOver(open, { options })
    const { configuration } = await relyingParty(other)
    const { agent, account, finish } = await login(other, configuration)
    const { refresh_token } = await finish()
    other.clock.pass(2 * hour)
    await other.pocket.removeExpired(1000)
    const silent = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid',
      prompt: 'none',
    })
    expect((await agent.get(silent.href)).location).toContain('error=login_required')
    const next = await oidc.refreshTokenGrant(configuration, refresh_token ?? '')
    expect(next).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) })
    expect(await oidc.fetchUserInfo(configuration, next.access_token, account.id)).toHaveProperty('sub')
    expect(other.errors).toEqual([])
  })
})
