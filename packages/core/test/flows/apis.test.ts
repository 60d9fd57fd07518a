import { describe, expect, jest, test } from '@jest/globals'
import type { Api, ApiAccess, ApiInput, NewApiInput, NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/kinds.ts'
import { decide, type Host, returnDenied, second, signIn, startHost, viewOf } from './host.ts'

const redirectUri = 'https://app.example/callback'
const isRedirectUri = (url: string) => url.startsWith(redirectUri)
const resource = 'https://notes.example/api'

async function relyingParty(host: Host, input: Partial<NewClientInput> = {}) {
  const { client, secret } = await host.client({ redirectUris: [redirectUri], ...input })
  const configuration = await oidc.discovery(
    new URL(host.issuer),
    client.id,
    undefined,
    oidc.ClientSecretBasic(secret),
    { execute: [oidc.allowInsecureRequests] },
  )
  return { client, secret, configuration }
}

/** Two permissions that are granted, and a third that is granted to no client. */
async function notes(host: Host, input: Partial<NewApiInput> = {}): Promise<Api> {
  const { id } = await host.pocket.apis.create({ name: 'Notes', resource, ...input })
  return host.pocket.apis.setPermissions(id, [
    { key: 'notes:read', name: 'Read notes', description: 'See what you have written' },
    { key: 'notes:write', name: 'Write notes' },
    { key: 'notes:delete', name: 'Delete notes' },
  ])
}

function access(api: Api, user: readonly string[] | null, client: readonly string[] | null = null): ApiAccess {
  const ids = (keys: readonly string[] | null) =>
    api.permissions.filter(({ key }) => keys?.includes(key)).map(({ id }) => id)
  return {
    userDelegatedAccess: user !== null,
    clientAccess: client !== null,
    userDelegatedPermissionIds: ids(user),
    clientPermissionIds: ids(client),
  }
}

type Setting = Awaited<ReturnType<typeof prepared>>

async function prepared(
  host: Host,
  {
    api: apiInput = {},
    client: clientInput = {},
  }: {
    readonly api?: Partial<NewApiInput>
    readonly client?: Partial<NewClientInput>
  } = {},
) {
  const party = await relyingParty(host, clientInput)
  const api = await notes(host, apiInput)
  await host.pocket.apis.setGrant(api.id, party.client.id, access(api, ['notes:read', 'notes:write'], ['notes:read']))
  const { account, authenticator } = await host.person('ada')
  return { host, ...party, api, account, authenticator, agent: new UserAgent() }
}

async function authorize({ agent, configuration }: Setting, extra: Readonly<Record<string, string>> = {}) {
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid notes:read notes:write',
    resource,
    state: 'a state',
    ...extra,
  })
  const page = await agent.follow(await agent.get(url.href), { until: isRedirectUri })
  const finish = (to: string | null, parameters = {}) =>
    oidc.authorizationCodeGrant(configuration, new URL(to ?? ''), { expectedState: 'a state' }, parameters)
  return { page, finish }
}

async function tokens(setting: Setting, extra: Readonly<Record<string, string>> = {}) {
  const { page, finish } = await authorize(setting, extra)
  const consent = await signIn(setting.agent, page, setting.authenticator, isRedirectUri)
  const returned = consent.location === null ? await decide(setting.agent, consent, 'submitTo', isRedirectUri) : consent
  return finish(returned.location)
}

function verified({ host }: Setting, token: string) {
  const keys = createRemoteJWKSet(new URL(`${host.issuer}/.well-known/jwks.json`))
  return jwtVerify(token, keys, { issuer: host.issuer, audience: resource, typ: 'at+jwt' })
}

function parameters(to: string | null): URLSearchParams {
  return new URL(to ?? '').searchParams
}

/** A request that an API authenticates with its own secret. */
async function introspect(
  host: Host,
  by: { client: { id: string }; secret: string },
  token: string,
  accept = 'application/json',
) {
  const response = await fetch(`${host.issuer}/api/oidc/introspect`, {
    method: 'POST',
    headers: {
      accept,
      authorization: `Basic ${Buffer.from(`${by.client.id}:${by.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ token }),
  })
  return { type: response.headers.get('content-type'), text: await response.text() }
}

async function isActive(host: Host, by: { client: { id: string }; secret: string }, token: string): Promise<unknown> {
  return JSON.parse((await introspect(host, by, token)).text).active
}

describe('access token for an API', () => {
  test('is a signed JWT with the requested permissions (RFC 9068)', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { access_token: token, scope, claims } = await tokens(fixture, { scope: 'openid email notes:read' })
    const { payload, protectedHeader } = await verified(fixture, token)
    expect(protectedHeader).toMatchObject({ typ: 'at+jwt', alg: 'RS256' })
    expect(payload).toMatchObject({
      sub: fixture.account.id,
      client_id: fixture.client.id,
      aud: [resource, host.issuer],
      scp: ['openid', 'email', 'notes:read'],
      scope: 'openid email notes:read',
      jti: expect.any(String),
    })
    expect(scope).toBe('openid email notes:read')
    expect(claims()).toMatchObject({ email: 'ada@example.com' })
  })

  test.each<[string, ApiInput, number, Partial<NewClientInput>?]>([
    ['minutes where nobody can end it', { name: 'Notes' }, 600],
    ['as long as the client says explicitly', { name: 'Notes' }, 3600, { accessTokenDurationMinutes: 60 }],
    ['as long as the API says', { name: 'Notes', accessTokenDurationMinutes: 45 }, 45 * 60],
    ['no longer than the client says', { name: 'Notes', accessTokenDurationMinutes: 600 }, 3600],
    ['as long as the client says where it is opaque', { name: 'Notes', accessTokenFormat: 'opaque' }, 3600],
  ])('lives for %s', async (_what, api, seconds, client = {}) => {
    await using host = await startHost()
    const fixture = await prepared(host, { api, client })
    const { expires_in } = await tokens(fixture)
    const { expires_in: ofTheClient } = await oidc.clientCredentialsGrant(fixture.configuration, { resource })
    expect([expires_in, ofTheClient]).toEqual([seconds, seconds])
  })

  test.each(['jwt', 'opaque'] as const)(
    'lets a client read UserInfo after a login, as %s',
    async (accessTokenFormat) => {
      await using host = await startHost()
      const fixture = await prepared(host, { api: { accessTokenFormat } })
      const { configuration, account } = fixture
      await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, access(fixture.api, [], []))
      const first = await tokens(fixture, { scope: 'openid email' })
      expect(first.scope).toBe('openid email')
      const received = await oidc.fetchUserInfo(configuration, first.access_token, account.id)
      expect(received).toEqual({ sub: account.id, email: account.email, email_verified: true })
      const narrow = await oidc.refreshTokenGrant(configuration, first.refresh_token ?? '', { scope: 'openid' })
      expect(await oidc.fetchUserInfo(configuration, narrow.access_token, account.id)).toEqual({ sub: account.id })
      const alone = await oidc.clientCredentialsGrant(configuration, { resource })
      await expect(oidc.fetchUserInfo(configuration, alone.access_token, account.id)).rejects.toThrow()
      await host.pocket.withdrawConsent(account.id, fixture.client.id)
      for (const { access_token: token } of [first, narrow])
        await expect(oidc.fetchUserInfo(configuration, token, account.id)).rejects.toThrow()
      expect(host.errors).toEqual([])
    },
  )

  test('keeps its key, the pairwise subject and the requested claims at UserInfo', async () => {
    await using host = await startHost()
    const protocol = { dpopBoundAccessTokens: true, subjectType: 'pairwise' } as const
    const fixture = await prepared(host, { client: { protocol } })
    const { configuration, account } = fixture
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const claims = JSON.stringify({ userinfo: { email: null } })
    const { page } = await authorize(fixture, { scope: 'openid notes:read', claims })
    const consent = await signIn(fixture.agent, page, fixture.authenticator, isRedirectUri)
    const { location } = await decide(fixture.agent, consent, 'submitTo', isRedirectUri)
    const returned = new URL(location ?? '')
    const options = { expectedState: 'a state' }
    const first = await oidc.authorizationCodeGrant(configuration, returned, options, undefined, { DPoP })
    const again = await oidc.refreshTokenGrant(configuration, first.refresh_token ?? '', undefined, { DPoP })
    const subject = first.claims()?.sub ?? ''
    expect(subject).not.toBe(account.id)
    for (const { access_token: token } of [first, again]) {
      const { payload } = await verified(fixture, token)
      expect(payload).toMatchObject({ sub: subject, cnf: { jkt: expect.any(String) }, scope: 'openid notes:read' })
      const received = await oidc.fetchUserInfo(configuration, token, subject, { DPoP })
      expect(received).toEqual({ sub: subject, email: account.email })
      const bearer = { headers: { authorization: `Bearer ${token}` } }
      expect((await fetch(`${host.issuer}/api/oidc/userinfo`, bearer)).status).toBe(401)
    }
    expect(host.errors).toEqual([])
  })

  test('gives no access to UserInfo without a login, so that it discloses no personal data', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { access_token: token } = await tokens(fixture, { scope: 'notes:read' })
    expect((await verified(fixture, token)).payload).toMatchObject({ aud: [resource], scope: 'notes:read' })
    const response = await fetch(`${host.issuer}/api/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })
    expect(response.status).toBe(403)
  })

  test('is issued for its resource with a trailing slash too', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { access_token: token } = await tokens(fixture, { resource: `${resource}/` })
    expect((await verified(fixture, token)).payload.scope).toBe('openid notes:read notes:write')
  })

  test('is issued if the client writes the trailing slash at only one endpoint', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { page, finish } = await authorize(fixture, { resource: `${resource}/` })
    const consent = await signIn(fixture.agent, page, fixture.authenticator, isRedirectUri)
    const returned = await decide(fixture.agent, consent, 'submitTo', isRedirectUri)
    const first = await finish(returned.location, { resource })
    expect((await verified(fixture, first.access_token)).payload.scope).toBe('openid notes:read notes:write')
    const again = await oidc.refreshTokenGrant(fixture.configuration, first.refresh_token ?? '', {
      resource: `${resource}//`,
    })
    expect((await verified(fixture, again.access_token)).payload.scope).toBe('openid notes:read notes:write')
    const pushed = await oidc.buildAuthorizationUrlWithPAR(fixture.configuration, {
      redirect_uri: redirectUri,
      scope: 'openid notes:read',
      resource: `${resource}/`,
      state: 'a state',
    })
    const next = await fixture.agent.follow(await fixture.agent.get(pushed.href), { until: isRedirectUri })
    const last = await finish(next.location, { resource })
    expect((await verified(fixture, last.access_token)).payload.scope).toBe('openid notes:read')
  })

  test.each(['openid notes:read', 'notes:read'])('can be introspected and revoked by its client: %s', async (scope) => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { access_token: token } = await tokens(fixture, { scope })
    const { configuration, account, client } = fixture
    expect(await oidc.tokenIntrospection(configuration, token)).toMatchObject({
      active: true,
      sub: account.id,
      client_id: client.id,
      scope,
      aud: expect.arrayContaining([resource]),
    })
    const other = await relyingParty(host)
    expect(await oidc.tokenIntrospection(other.configuration, token)).toEqual({ active: false })
    await oidc.tokenRevocation(configuration, token)
    expect(await oidc.tokenIntrospection(configuration, token)).toEqual({ active: false })
    expect((await verified(fixture, token)).payload.scope).toContain('notes:read')
  })

  test('of the client itself can be introspected', async () => {
    await using host = await startHost()
    const { configuration, client } = await prepared(host)
    const { access_token: token } = await oidc.clientCredentialsGrant(configuration, { resource })
    const subject = `client-${client.id}`
    expect(await oidc.tokenIntrospection(configuration, token)).toMatchObject({
      active: true,
      sub: subject,
      username: subject,
      scope: 'notes:read',
      aud: [resource],
    })
  })

  test('is not issued for a scope of the API without the parameter `resource`', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { configuration, client, secret } = fixture
    const { page } = await authorize(fixture, { scope: 'openid notes:read', resource: '' })
    expect(parameters(page.location).get('error')).toBe('invalid_scope')
    await expect(oidc.clientCredentialsGrant(configuration, { scope: 'notes:read' })).rejects.toMatchObject({
      error: 'invalid_scope',
    })
    const form = { client_id: client.id, client_secret: secret, scope: 'openid notes:read' }
    for (const endpoint of ['par', 'device/authorize']) {
      const body = new URLSearchParams({ ...form, redirect_uri: redirectUri, response_type: 'code' })
      const response = await fetch(`${host.issuer}/api/oidc/${endpoint}`, { method: 'POST', body })
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ error: 'invalid_scope' }),
      ])
    }
  })

  test('is issued without the unknown scopes of a login', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { scope } = await tokens(fixture, { scope: 'openid notes:delete foo', resource: '' })
    expect(scope).toBe('openid')
  })

  test('can be refreshed for fewer permissions, limited to those that are still granted', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const first = await tokens(fixture)
    const narrow = await oidc.refreshTokenGrant(fixture.configuration, first.refresh_token ?? '', {
      scope: 'notes:write',
    })
    expect((await verified(fixture, narrow.access_token)).payload.scope).toBe('notes:write')

    await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, access(fixture.api, ['notes:read']))
    const left = await oidc.refreshTokenGrant(fixture.configuration, narrow.refresh_token ?? '')
    expect((await verified(fixture, left.access_token)).payload.scope).toBe('openid notes:read')
    const refused = oidc.refreshTokenGrant(fixture.configuration, left.refresh_token ?? '', { scope: 'notes:write' })
    await expect(refused).rejects.toMatchObject({ error: 'invalid_scope' })
    const elsewhere = { resource: 'https://unknown.example' }
    await expect(
      oidc.refreshTokenGrant(fixture.configuration, left.refresh_token ?? '', elsewhere),
    ).rejects.toMatchObject({ error: 'invalid_target' })
    await host.pocket.apis.removeGrant(fixture.api.id, fixture.client.id)
    await expect(oidc.refreshTokenGrant(fixture.configuration, left.refresh_token ?? '')).rejects.toMatchObject({
      error: 'access_denied',
    })
    await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, access(fixture.api, ['notes:read']))
    const kept = await oidc.refreshTokenGrant(fixture.configuration, left.refresh_token ?? '')
    expect((await verified(fixture, kept.access_token)).payload.scope).toBe('openid notes:read')
  })

  test.each<[string, string, (host: Host, ids: { api: string; client: string }) => Promise<unknown>]>([
    ['its API is deleted', 'invalid_target', (host, { api }) => host.pocket.apis.remove(api)],
    [
      'the client loses its access',
      'access_denied',
      (host, { api, client }) => host.pocket.apis.removeGrant(api, client),
    ],
    ['its API loses all permissions', 'access_denied', (host, { api }) => host.pocket.apis.setPermissions(api, [])],
  ])('is not refreshed once %s', async (_what, error, happens) => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { refresh_token: token = '' } = await tokens(fixture)
    await happens(host, { api: fixture.api.id, client: fixture.client.id })
    await expect(oidc.refreshTokenGrant(fixture.configuration, token)).rejects.toMatchObject({ error })
    const again = await authorize(fixture, { prompt: 'none' })
    expect(parameters(again.page.location).get('error')).toBe(error)
  })

  test('is denied to a user outside the groups of the client', async () => {
    await using host = await startHost()
    const fixture = await prepared(host, { client: { isGroupRestricted: true } })
    await host.pocket.clients.setAllowedGroups(fixture.client.id, ['g2'])
    const { page } = await authorize(fixture)
    const refused = await signIn(fixture.agent, page, fixture.authenticator, isRedirectUri)
    const returned = await returnDenied(fixture.agent, refused, isRedirectUri)
    expect(parameters(returned.location).get('error')).toBe('access_denied')
  })
})

describe('request', () => {
  test.each([
    [{ resource: 'https://unknown.example' }, 'invalid_target'],
    [{ resource: 'no address' }, 'invalid_target'],
    [{ scope: 'openid notes:delete' }, 'invalid_scope'],
    [{ scope: 'openid other:read' }, 'invalid_scope'],
  ])('for %j is rejected with %s', async (extra, error) => {
    await using host = await startHost()
    const { page } = await authorize(await prepared(host), extra)
    expect(parameters(page.location).get('error')).toBe(error)
  })

  test('from a client without a grant is rejected', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const otherUser = await relyingParty(host)
    const { page } = await authorize({ ...fixture, ...otherUser })
    expect(parameters(page.location).get('error')).toBe('access_denied')
  })

  test('for two APIs at once is rejected', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const other = await notes(host, { resource: 'https://other.example' })
    await host.pocket.apis.setGrant(other.id, fixture.client.id, access(other, ['notes:read'], ['notes:read']))
    const both = [resource, other.resource].map((each) => ['resource', each])
    const url = oidc.buildAuthorizationUrl(fixture.configuration, { redirect_uri: redirectUri, scope: 'openid' })
    for (const [name = '', value = ''] of both) url.searchParams.append(name, value)
    const page = await fixture.agent.follow(await fixture.agent.get(url.href), { until: isRedirectUri })
    expect(parameters(page.location).get('error')).toBe('invalid_target')
    const itself = new URLSearchParams([['grant_type', 'client_credentials'], ...both])
    await expect(oidc.clientCredentialsGrant(fixture.configuration, itself)).rejects.toMatchObject({
      error: 'invalid_target',
    })
  })

  test('ignores the scopes that a client adds to every request and that the API does not define', async () => {
    await using host = await startHost()
    const fixture = await prepared(host, { client: { protocol: { defaultScopes: ['elsewhere', 'notes:read'] } } })
    const { access_token: token } = await tokens(fixture, { scope: 'openid notes:write' })
    const { scope } = (await verified(fixture, token)).payload
    expect(String(scope).split(' ').sort()).toEqual(['notes:read', 'notes:write', 'openid'])
  })
})

describe('consent page', () => {
  test('shows the API and the requested permissions, and remembers the consent', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { page } = await authorize(fixture)
    const consent = await signIn(fixture.agent, page, fixture.authenticator, isRedirectUri)
    expect(viewOf(consent)).toMatchObject({
      view: 'consent',
      apis: [
        {
          name: 'Notes',
          resource,
          permissions: [
            { key: 'notes:read', name: 'Read notes', description: 'See what you have written' },
            { key: 'notes:write', name: 'Write notes', description: '' },
          ],
        },
      ],
    })
    await decide(fixture.agent, consent, 'submitTo', isRedirectUri)
    const again = await authorize(fixture, { prompt: 'none' })
    expect(parameters(again.page.location).get('code')).toEqual(expect.any(String))
    expect(host.events).toContainEqual(
      expect.objectContaining({ event: 'consent_given', scopes: ['openid', 'notes:read', 'notes:write'] }),
    )
  })

  test('appears again for a new permission, and for all permissions after the consent is withdrawn', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    await tokens(fixture, { scope: 'openid profile notes:read' })
    const more = await authorize(fixture, { prompt: 'none' })
    expect(parameters(more.page.location).get('error')).toBe('consent_required')
    const asked = await authorize(fixture, { scope: 'openid profile email offline_access notes:read notes:write' })
    const view = viewOf(asked.page)
    if (view.view !== 'consent') throw new Error('Nothing was asked.')
    expect(view.allowedBefore).toBe(true)
    // The page separates earlier permissions from new ones.
    expect(view.claims.map(({ claim, isNew }) => [claim, isNew])).toEqual([
      ['name', undefined],
      ['user_name', undefined],
      ['email', true],
      ['offline_access', true],
    ])
    expect(view.apis).toMatchObject([{ permissions: [{ key: 'notes:read' }, { key: 'notes:write', isNew: true }] }])
    expect(view.apis.flatMap(({ isNew, permissions }) => [isNew, permissions[0]?.isNew])).toEqual([
      undefined,
      undefined,
    ])
    await decide(fixture.agent, asked.page, 'submitTo', isRedirectUri)
    expect(parameters((await authorize(fixture, { prompt: 'none' })).page.location).get('error')).toBeNull()
    await host.pocket.withdrawConsent(fixture.account.id, fixture.client.id)
    const after = await authorize(fixture, { prompt: 'none' })
    expect(parameters(after.page.location).get('error')).toBe('consent_required')
  })

  test('for one API does not cover another API whose permission has the same key', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    await tokens(fixture)
    const other = await notes(host, { resource: 'https://other.example' })
    await host.pocket.apis.setGrant(other.id, fixture.client.id, access(other, ['notes:read']))
    const { page } = await authorize(fixture, { resource: other.resource, scope: 'openid notes:read', prompt: 'none' })
    expect(parameters(page.location).get('error')).toBe('consent_required')
  })

  test.each<[string, (host: Host, api: Api) => Promise<Api>]>([
    ['a new API with the same resource', (host) => notes(host)],
    [
      'an older API that gets its resource',
      async (host, older) => {
        await host.pocket.apis.setResource(older.id, resource)
        return host.pocket.apis.setPermissions(older.id, [{ key: 'notes:read', name: 'Read notes' }])
      },
    ],
  ])('does not count a consent to a removed API for %s', async (_what, successorOf) => {
    await using host = await startHost()
    const older = await host.pocket.apis.create({ name: 'Older', resource: 'https://older.example.com' })
    const fixture = await prepared(host)
    await tokens(fixture, { scope: 'openid notes:read' })
    await host.pocket.apis.remove(fixture.api.id)
    const successor = await successorOf(host, older)
    await host.pocket.apis.setGrant(successor.id, fixture.client.id, access(successor, ['notes:read']))
    const agent = new UserAgent()
    const { page } = await authorize({ ...fixture, agent }, { scope: 'openid notes:read' })
    const consent = viewOf(await signIn(agent, page, fixture.authenticator, isRedirectUri))
    if (consent.view !== 'consent') throw new Error('No consent was requested.')
    expect(consent.apis).toMatchObject([{ resource, isNew: true, permissions: [{ key: 'notes:read', isNew: true }] }])
  })

  test('is skipped for a client that does not require consent', async () => {
    await using host = await startHost()
    const fixture = await prepared(host, { client: { skipConsent: true } })
    const { access_token: token } = await tokens(fixture)
    expect((await verified(fixture, token)).payload.scope).toBe('openid notes:read notes:write')
  })
})

describe.each(Object.entries(storeKinds))('a grant in %s stores', (_kind, open) => {
  test.each<[string, (host: Host, api: Api) => Promise<Api>]>([
    ['a new API with the same resource', (host) => notes(host)],
    [
      'an older API that gets its resource',
      async (host, older) => {
        await host.pocket.apis.setResource(older.id, resource)
        return host.pocket.apis.setPermissions(older.id, [{ key: 'notes:read', name: 'Read notes' }])
      },
    ],
  ])('of a removed API does not count for %s', async (_what, successorOf) => {
    const now = Date.now
    const past = jest.spyOn(Date, 'now').mockImplementation(() => now() - 2 * second)
    await using stack = new AsyncDisposableStack()
    stack.defer(() => past.mockRestore())
    const database = stack.use(await open())
    const host = stack.use(await startHost({ stores: await database.empty() }))
    const older = await host.pocket.apis.create({ name: 'Older', resource: 'https://older.example.com' })
    const fixture = await prepared(host)
    const { refresh_token: token = '' } = await tokens(fixture, { scope: 'openid offline_access notes:read' })
    const pending = await authorize(fixture, { scope: 'openid notes:read', prompt: 'none' })
    expect(parameters(pending.page.location).get('error')).toBeNull()
    await host.pocket.apis.remove(fixture.api.id)
    past.mockRestore()
    const successor = await successorOf(host, older)
    await host.pocket.apis.setGrant(successor.id, fixture.client.id, access(successor, ['notes:read']))
    await expect(oidc.refreshTokenGrant(fixture.configuration, token)).rejects.toMatchObject({
      error: 'invalid_target',
    })
    await expect(pending.finish(pending.page.location)).rejects.toMatchObject({ error: 'invalid_target' })

    const request = { scope: 'openid offline_access notes:read' }
    const silent = await authorize(fixture, { ...request, prompt: 'none' })
    expect(parameters(silent.page.location).get('error')).toBe('consent_required')
    // The grant of the session is extended by a new consent, which counts from then on.
    const { page, finish } = await authorize(fixture, request)
    const fresh = await finish((await decide(fixture.agent, page, 'submitTo', isRedirectUri)).location)
    const again = await authorize(fixture, { ...request, prompt: 'none' })
    expect(parameters(again.page.location).get('error')).toBeNull()
    const refreshed = await oidc.refreshTokenGrant(fixture.configuration, fresh.refresh_token ?? '')
    expect((await verified(fixture, refreshed.access_token)).payload.scope).toContain('notes:read')
    await expect(oidc.refreshTokenGrant(fixture.configuration, token)).rejects.toMatchObject({
      error: 'invalid_target',
    })
  })
})

describe('client credentials', () => {
  test('grant the requested permissions, or all allowed permissions by default', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const all = await oidc.clientCredentialsGrant(fixture.configuration, { resource })
    expect((await verified(fixture, all.access_token)).payload).toMatchObject({
      sub: `client-${fixture.client.id}`,
      client_id: fixture.client.id,
      aud: [resource],
      scope: 'notes:read',
      scp: ['notes:read'],
    })
    const one = await oidc.clientCredentialsGrant(fixture.configuration, { resource, scope: 'notes:read' })
    expect(one.scope).toBe('notes:read')
  })

  test.each([
    [{ resource, scope: 'notes:write' }, 'invalid_scope'],
    [{ resource: 'https://unknown.example' }, 'invalid_target'],
  ])('reject %j with %s', async (request, error) => {
    await using host = await startHost()
    const { configuration } = await prepared(host)
    await expect(oidc.clientCredentialsGrant(configuration, request)).rejects.toMatchObject({ error })
  })

  test('grant no permissions that only users can delegate', async () => {
    await using host = await startHost()
    const { configuration, client, api } = await prepared(host)
    await host.pocket.apis.setGrant(api.id, client.id, access(api, ['notes:read']))
    await expect(oidc.clientCredentialsGrant(configuration, { resource })).rejects.toMatchObject({
      error: 'access_denied',
    })
  })

  test('a client with a metadata document asks users for the permissions that the API offers to all such clients', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    const { client, api } = fixture
    const stored = await host.pocket.clients.find(client.id)
    await host.stores.clients.update({ ...(stored ?? client), type: 'cimd' })
    await host.pocket.apis.removeGrant(api.id, client.id)
    const ids = api.permissions.filter(({ key }) => key === 'notes:write').map(({ id }) => id)
    await host.pocket.apis.setCimdAccess(api.id, { enabled: true, permissionIds: ids })
    const refused = await authorize(fixture, { scope: 'openid notes:read' })
    expect(parameters(refused.page.location).get('error')).toBe('invalid_scope')
    const { access_token: token } = await tokens(fixture, { scope: 'openid notes:write' })
    expect((await verified(fixture, token)).payload.scope).toBe('openid notes:write')
    await expect(oidc.clientCredentialsGrant(fixture.configuration, { resource })).rejects.toMatchObject({
      error: 'access_denied',
    })
  })

  test('use no signature algorithm that FAPI 2.0 forbids if the client must follow it', async () => {
    await using host = await startHost()
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] }
    const { id } = await host.pocket.clients.create({ name: 'Bank', redirectUris: [], protocol: { fapi: true, jwks } })
    const api = await notes(host)
    await host.pocket.apis.setGrant(api.id, id, access(api, null, ['notes:read']))
    const authentication = oidc.PrivateKeyJwt(
      { key: privateKey, kid: 'one' },
      {
        [oidc.modifyAssertion]: (_header, payload) => {
          payload.aud = host.issuer
        },
      },
    )
    const configuration = await oidc.discovery(new URL(host.issuer), id, undefined, authentication, {
      execute: [oidc.allowInsecureRequests],
    })
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const { access_token: token } = await oidc.clientCredentialsGrant(configuration, { resource }, { DPoP })
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'PS256' })
  })

  test('grant no access to personal data, and introspection of the opaque token names the client', async () => {
    await using host = await startHost()
    const { configuration, client } = await prepared(host, { api: { accessTokenFormat: 'opaque' } })
    const login = await oidc.clientCredentialsGrant(configuration, { scope: 'openid profile' })
    expect(login.scope).toBeUndefined()
    expect(await oidc.tokenIntrospection(configuration, login.access_token)).toMatchObject({
      active: true,
      sub: `client-${client.id}`,
      aud: [client.id],
    })
    const atApi = await oidc.clientCredentialsGrant(configuration, { resource, scope: 'openid notes:read' })
    expect(atApi.scope).toBe('notes:read')
    const received = await oidc.tokenIntrospection(configuration, atApi.access_token)
    expect(received).toMatchObject({ sub: `client-${client.id}`, scope: 'notes:read', aud: [resource] })
  })

  test('grant a token without permissions if the client only has access to the API', async () => {
    await using host = await startHost()
    const fixture = await prepared(host)
    await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, access(fixture.api, null, []))
    const { access_token: token } = await oidc.clientCredentialsGrant(fixture.configuration, { resource })
    expect((await verified(fixture, token)).payload.scope).toBeUndefined()
  })
})

describe('opaque token', () => {
  async function opaque(host: Host) {
    const server = await relyingParty(host)
    const api = { accessTokenFormat: 'opaque', resourceServerClientIds: [server.client.id, 'nobody'] } as const
    const fixture = await prepared(host, { api })
    return { server, setting: fixture, token: (await tokens(fixture)).access_token }
  }

  test('can be introspected only by the client and by the resource server of its API', async () => {
    await using host = await startHost()
    const { server, setting, token } = await opaque(host)
    expect(setting.api.resourceServerClientIds).toEqual([server.client.id])
    const seen = JSON.parse((await introspect(host, server, token)).text)
    expect(seen).toMatchObject({
      active: true,
      sub: setting.account.id,
      username: setting.account.id,
      client_id: setting.client.id,
      aud: [resource, host.issuer],
      scope: 'openid notes:read notes:write',
    })
    expect(await isActive(host, setting, token)).toBe(true)
    expect(await isActive(host, await relyingParty(host), token)).toBe(false)
    const own = await oidc.clientCredentialsGrant(setting.configuration)
    expect(await isActive(host, server, own.access_token)).toBe(false)
  })

  test('has a signed introspection response too (RFC 9701)', async () => {
    await using host = await startHost()
    const { server, token } = await opaque(host)
    const result = await introspect(host, server, token, 'application/token-introspection+jwt')
    expect(result.type).toContain('application/token-introspection+jwt')
    expect(decodeProtectedHeader(result.text)).toMatchObject({ typ: 'token-introspection+jwt', alg: 'RS256' })
    const keys = createRemoteJWKSet(new URL(`${host.issuer}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(result.text, keys, { issuer: host.issuer })
    expect(payload.aud).toBe(server.client.id)
    expect(payload.token_introspection).toMatchObject({ active: true, aud: [resource, host.issuer] })
  })

  test.each<[string, (host: Host, setting: Setting) => Promise<unknown>]>([
    ['its API is deleted', (host, { api }) => host.pocket.apis.remove(api.id)],
    ['the client loses its access', (host, { api, client }) => host.pocket.apis.removeGrant(api.id, client.id)],
    [
      'the person is disabled',
      async (host, { account }) => host.accounts.set(account.id, { ...account, disabled: true }),
    ],
    [
      'the user may no longer use the client',
      async (host, { client }) => host.pocket.clients.update(client.id, { ...client, isGroupRestricted: true }),
    ],
  ])('is not active once %s', async (_what, happens) => {
    await using host = await startHost()
    const { server, setting, token } = await opaque(host)
    await happens(host, setting)
    expect(await isActive(host, server, token)).toBe(false)
    expect(await isActive(host, setting, token)).toBe(false)
  })

  test('for an API is not valid for another API that takes over its identifier', async () => {
    await using host = await startHost()
    const { server, setting, token } = await opaque(host)
    await host.pocket.apis.remove(setting.api.id)
    host.clock.pass(2 * second)
    const heir = await notes(host, { accessTokenFormat: 'opaque', resourceServerClientIds: [server.client.id] })
    await host.pocket.apis.setGrant(heir.id, setting.client.id, access(heir, ['notes:read']))
    expect(await isActive(host, server, token)).toBe(false)
  })

  test('for a removed API is not valid for an older API that gets its resource', async () => {
    await using host = await startHost()
    const older = await host.pocket.apis.create({ name: 'Older', resource: 'https://older.example.com' })
    const { server, setting, token } = await opaque(host)
    await host.pocket.apis.remove(setting.api.id)
    host.clock.pass(2 * second)
    await host.pocket.apis.setResource(older.id, resource)
    await host.pocket.apis.update(older.id, { name: 'Older', resourceServerClientIds: [server.client.id] })
    await host.pocket.apis.setGrant(older.id, setting.client.id, access(older, []))
    expect(await isActive(host, server, token)).toBe(false)
  })

  test('is hidden from a resource server that was deleted and recreated', async () => {
    await using host = await startHost()
    const { server, token } = await opaque(host)
    await host.pocket.clients.remove(server.client.id)
    const { secret } = await host.client({ id: server.client.id })
    expect(await isActive(host, { client: server.client, secret }, token)).toBe(false)
  })
})
