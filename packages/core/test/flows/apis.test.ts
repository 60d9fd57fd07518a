import { describe, expect, test } from '@jest/globals'
import type { ApiInput, NewClientInput } from '@pocket/core'
import * as oidc from 'openid-client'
import { accessToApi, authorize, createFixture, requestTokens, resource, verifyToken } from './api-fixture.ts'
import { decide, freshHost, type Host, signIn, visit } from './host.ts'
import { expectRefusal, redirectUri, relyingParty } from './login.ts'
import { fetchUserInfo, redirectParameters, sendForm } from './requests.ts'

const host = freshHost()

describe('access token for an API', () => {
  test('is a signed JWT with the requested permissions (RFC 9068)', async () => {
    const fixture = await createFixture(host)
    const { access_token: token, scope, claims } = await requestTokens(fixture, { scope: 'openid email notes:read' })
    const { payload, protectedHeader } = await verifyToken(fixture, token)
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
    ['ten minutes if it cannot be revoked', { name: 'Notes' }, 600],
    ['the lifetime that the client sets explicitly', { name: 'Notes' }, 3600, { accessTokenDurationMinutes: 60 }],
    ['the lifetime that the API sets', { name: 'Notes', accessTokenDurationMinutes: 45 }, 45 * 60],
    ['at most the lifetime of the client', { name: 'Notes', accessTokenDurationMinutes: 600 }, 3600],
    ['the lifetime of the client if it is opaque', { name: 'Notes', accessTokenFormat: 'opaque' }, 3600],
  ])('lives for %s', async (_what, api, seconds, client = {}) => {
    const fixture = await createFixture(host, { api, client })
    const { expires_in } = await requestTokens(fixture)
    const { expires_in: ofTheClient } = await oidc.clientCredentialsGrant(fixture.configuration, { resource })
    expect([expires_in, ofTheClient]).toEqual([seconds, seconds])
  })

  test.each(['jwt', 'opaque'] as const)(
    'lets a client read UserInfo after a login, as %s',
    async (accessTokenFormat) => {
      const fixture = await createFixture(host, { api: { accessTokenFormat } })
      const { configuration, account } = fixture
      await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, accessToApi(fixture.api, [], []))
      const first = await requestTokens(fixture, { scope: 'openid email' })
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
    },
  )

  test('keeps its key, the pairwise subject and the requested claims at UserInfo', async () => {
    const protocol = { dpopBoundAccessTokens: true, subjectType: 'pairwise' } as const
    const fixture = await createFixture(host, { client: { protocol } })
    const { configuration, account } = fixture
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const claims = JSON.stringify({ userinfo: { email: null } })
    const { page } = await authorize(fixture, { scope: 'openid notes:read', claims })
    const consent = await signIn(fixture.agent, page, fixture.authenticator)
    const { location } = await decide(fixture.agent, consent)
    const returned = new URL(location ?? '')
    const options = { expectedState: 'a state' }
    const first = await oidc.authorizationCodeGrant(configuration, returned, options, undefined, { DPoP })
    const again = await oidc.refreshTokenGrant(configuration, first.refresh_token ?? '', undefined, { DPoP })
    const subject = first.claims()?.sub ?? ''
    expect(subject).not.toBe(account.id)
    for (const { access_token: token } of [first, again]) {
      const { payload } = await verifyToken(fixture, token)
      expect(payload).toMatchObject({ sub: subject, cnf: { jkt: expect.any(String) }, scope: 'openid notes:read' })
      const received = await oidc.fetchUserInfo(configuration, token, subject, { DPoP })
      expect(received).toEqual({ sub: subject, email: account.email })
      const bearer = { headers: { authorization: `Bearer ${token}` } }
      expect((await fetch(`${host.issuer}/api/oidc/userinfo`, bearer)).status).toBe(401)
    }
  })

  test('gives no access to UserInfo without a login, so that it discloses no personal data', async () => {
    const fixture = await createFixture(host)
    const { access_token: token } = await requestTokens(fixture, { scope: 'notes:read' })
    expect((await verifyToken(fixture, token)).payload).toMatchObject({ aud: [resource], scope: 'notes:read' })
    const response = await fetchUserInfo(host, token)
    expect(response.status).toBe(403)
  })

  test('is issued for its resource with a trailing slash too', async () => {
    const fixture = await createFixture(host)
    const { access_token: token } = await requestTokens(fixture, { resource: `${resource}/` })
    expect((await verifyToken(fixture, token)).payload.scope).toBe('openid notes:read notes:write')
  })

  test('is issued if the client writes the trailing slash at only one endpoint', async () => {
    const fixture = await createFixture(host)
    const { page, finish } = await authorize(fixture, { resource: `${resource}/` })
    const consent = await signIn(fixture.agent, page, fixture.authenticator)
    const returned = await decide(fixture.agent, consent)
    const first = await finish(returned.location, { resource })
    expect((await verifyToken(fixture, first.access_token)).payload.scope).toBe('openid notes:read notes:write')
    const again = await oidc.refreshTokenGrant(fixture.configuration, first.refresh_token ?? '', {
      resource: `${resource}//`,
    })
    expect((await verifyToken(fixture, again.access_token)).payload.scope).toBe('openid notes:read notes:write')
    const pushed = await oidc.buildAuthorizationUrlWithPAR(fixture.configuration, {
      redirect_uri: redirectUri,
      scope: 'openid notes:read',
      resource: `${resource}/`,
      state: 'a state',
    })
    const next = await visit(fixture.agent, pushed)
    const last = await finish(next.location, { resource })
    expect((await verifyToken(fixture, last.access_token)).payload.scope).toBe('openid notes:read')
  })

  test.each(['openid notes:read', 'notes:read'])('can be introspected and revoked by its client: %s', async (scope) => {
    const fixture = await createFixture(host)
    const { access_token: token } = await requestTokens(fixture, { scope })
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
    expect((await verifyToken(fixture, token)).payload.scope).toContain('notes:read')
  })

  test('is not issued for a scope of the API without the parameter `resource`', async () => {
    const fixture = await createFixture(host)
    const { configuration, client, secret } = fixture
    const { page } = await authorize(fixture, { scope: 'openid notes:read', resource: '' })
    expect(redirectParameters(page).error).toBe('invalid_scope')
    await expectRefusal(oidc.clientCredentialsGrant(configuration, { scope: 'notes:read' }), 'invalid_scope')
    const form = { client_id: client.id, client_secret: secret, scope: 'openid notes:read' }
    for (const endpoint of ['par', 'device/authorize']) {
      const response = await sendForm(host, endpoint, { ...form, redirect_uri: redirectUri, response_type: 'code' })
      expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_scope' }])
    }
  })

  test('is issued without the unknown scopes of a login', async () => {
    const fixture = await createFixture(host)
    const { scope } = await requestTokens(fixture, { scope: 'openid notes:delete foo', resource: '' })
    expect(scope).toBe('openid')
  })

  test('can be refreshed for fewer permissions, limited to those that are still granted', async () => {
    const fixture = await createFixture(host)
    const first = await requestTokens(fixture)
    const narrow = await oidc.refreshTokenGrant(fixture.configuration, first.refresh_token ?? '', {
      scope: 'notes:write',
    })
    expect((await verifyToken(fixture, narrow.access_token)).payload.scope).toBe('notes:write')

    await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, accessToApi(fixture.api, ['notes:read']))
    const refreshed = await oidc.refreshTokenGrant(fixture.configuration, narrow.refresh_token ?? '')
    expect((await verifyToken(fixture, refreshed.access_token)).payload.scope).toBe('openid notes:read')
    const refused = oidc.refreshTokenGrant(fixture.configuration, refreshed.refresh_token ?? '', {
      scope: 'notes:write',
    })
    await expect(refused).rejects.toMatchObject({ error: 'invalid_scope' })
    const unknownResource = { resource: 'https://unknown.example' }
    await expectRefusal(
      oidc.refreshTokenGrant(fixture.configuration, refreshed.refresh_token ?? '', unknownResource),
      'invalid_target',
    )
    await host.pocket.apis.removeGrant(fixture.api.id, fixture.client.id)
    await expectRefusal(oidc.refreshTokenGrant(fixture.configuration, refreshed.refresh_token ?? ''), 'access_denied')
    await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, accessToApi(fixture.api, ['notes:read']))
    const kept = await oidc.refreshTokenGrant(fixture.configuration, refreshed.refresh_token ?? '')
    expect((await verifyToken(fixture, kept.access_token)).payload.scope).toBe('openid notes:read')
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
    const fixture = await createFixture(host)
    const { refresh_token: token = '' } = await requestTokens(fixture)
    await happens(host, { api: fixture.api.id, client: fixture.client.id })
    await expect(oidc.refreshTokenGrant(fixture.configuration, token)).rejects.toMatchObject({ error })
    const again = await authorize(fixture, { prompt: 'none' })
    expect(redirectParameters(again.page).error).toBe(error)
  })
})
