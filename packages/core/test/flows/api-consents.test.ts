import { describe, expect, jest, test } from '@jest/globals'
import type { Api } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { quickOnly } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import {
  accessToApi,
  authorize,
  createFixture,
  createNotesApi,
  requestTokens,
  resource,
  verifyToken,
} from './api-fixture.ts'
import { decide, freshHost, type Host, second, signIn, startHost, viewOf, visit } from './host.ts'
import { expectRefusal, redirectUri, relyingParty } from './login.ts'
import { redirectParameters } from './requests.ts'

/** APIs that take over the resource of a removed one. */
const successors: readonly [string, (host: Host, older: Api) => Promise<Api>][] = [
  ['a new API with the same resource', (host) => createNotesApi(host)],
  [
    'an older API that gets its resource',
    async (host, older) => {
      await host.pocket.apis.setResource(older.id, resource)
      return host.pocket.apis.setPermissions(older.id, [{ key: 'notes:read', name: 'Read notes' }])
    },
  ],
]

quickOnly(describe)('request', () => {
  const host = freshHost()

  test.each([
    [{ resource: 'https://unknown.example' }, 'invalid_target'],
    [{ resource: 'no address' }, 'invalid_target'],
    [{ scope: 'openid notes:delete' }, 'invalid_scope'],
    [{ scope: 'openid other:read' }, 'invalid_scope'],
  ])('for %j is rejected with %s', async (extra, error) => {
    const { page } = await authorize(await createFixture(host), extra)
    expect(redirectParameters(page).error).toBe(error)
  })

  test('from a client without a grant is rejected', async () => {
    const fixture = await createFixture(host)
    const otherUser = await relyingParty(host)
    const { page } = await authorize({ ...fixture, ...otherUser })
    expect(redirectParameters(page).error).toBe('access_denied')
  })

  test('for two APIs at once is rejected', async () => {
    const fixture = await createFixture(host)
    const other = await createNotesApi(host, { resource: 'https://other.example' })
    await host.pocket.apis.setGrant(other.id, fixture.client.id, accessToApi(other, ['notes:read'], ['notes:read']))
    const both = [resource, other.resource].map((each) => ['resource', each])
    const url = oidc.buildAuthorizationUrl(fixture.configuration, { redirect_uri: redirectUri, scope: 'openid' })
    for (const [name = '', value = ''] of both) url.searchParams.append(name, value)
    const page = await visit(fixture.agent, url)
    expect(redirectParameters(page).error).toBe('invalid_target')
    const itself = new URLSearchParams([['grant_type', 'client_credentials'], ...both])
    await expectRefusal(oidc.clientCredentialsGrant(fixture.configuration, itself), 'invalid_target')
  })

  test('ignores the scopes that a client adds to every request and that the API does not define', async () => {
    const fixture = await createFixture(host, { client: { protocol: { defaultScopes: ['elsewhere', 'notes:read'] } } })
    const { access_token: token } = await requestTokens(fixture, { scope: 'openid notes:write' })
    const { scope } = (await verifyToken(fixture, token)).payload
    expect(String(scope).split(' ').sort()).toEqual(['notes:read', 'notes:write', 'openid'])
  })
})

quickOnly(describe)('consent page', () => {
  const host = freshHost()

  test('shows the API and the requested permissions, and remembers the consent', async () => {
    const fixture = await createFixture(host)
    const { page } = await authorize(fixture)
    const consent = await signIn(fixture.agent, page, fixture.authenticator)
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
    await decide(fixture.agent, consent)
    const again = await authorize(fixture, { prompt: 'none' })
    expect(redirectParameters(again.page).code).toEqual(expect.any(String))
    expect(host.events).toContainEqual(
      expect.objectContaining({ event: 'consent_given', scopes: ['openid', 'notes:read', 'notes:write'] }),
    )
  })

  test('appears again for a new permission, and for all permissions after the consent is withdrawn', async () => {
    const fixture = await createFixture(host)
    await requestTokens(fixture, { scope: 'openid profile notes:read' })
    const more = await authorize(fixture, { prompt: 'none' })
    expect(redirectParameters(more.page).error).toBe('consent_required')
    const asked = await authorize(fixture, { scope: 'openid profile email offline_access notes:read notes:write' })
    const view = viewOf(asked.page, 'consent')
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
    await decide(fixture.agent, asked.page)
    expect(redirectParameters((await authorize(fixture, { prompt: 'none' })).page)).not.toHaveProperty('error')
    await host.pocket.withdrawConsent(fixture.account.id, fixture.client.id)
    const after = await authorize(fixture, { prompt: 'none' })
    expect(redirectParameters(after.page).error).toBe('consent_required')
  })

  test('for one API does not cover another API whose permission has the same key', async () => {
    const fixture = await createFixture(host)
    await requestTokens(fixture)
    const other = await createNotesApi(host, { resource: 'https://other.example' })
    await host.pocket.apis.setGrant(other.id, fixture.client.id, accessToApi(other, ['notes:read']))
    const { page } = await authorize(fixture, { resource: other.resource, scope: 'openid notes:read', prompt: 'none' })
    expect(redirectParameters(page).error).toBe('consent_required')
  })

  test.each(successors)('does not count a consent to a removed API for %s', async (_what, successorOf) => {
    const older = await host.pocket.apis.create({ name: 'Older', resource: 'https://older.example.com' })
    const fixture = await createFixture(host)
    await requestTokens(fixture, { scope: 'openid notes:read' })
    await host.pocket.apis.remove(fixture.api.id)
    const successor = await successorOf(host, older)
    await host.pocket.apis.setGrant(successor.id, fixture.client.id, accessToApi(successor, ['notes:read']))
    const agent = new UserAgent()
    const { page } = await authorize({ ...fixture, agent }, { scope: 'openid notes:read' })
    const consent = viewOf(await signIn(agent, page, fixture.authenticator), 'consent')
    expect(consent.apis).toMatchObject([{ resource, isNew: true, permissions: [{ key: 'notes:read', isNew: true }] }])
  })

  test('is skipped for a client that does not require consent', async () => {
    const fixture = await createFixture(host, { client: { skipConsent: true } })
    const { access_token: token } = await requestTokens(fixture)
    expect((await verifyToken(fixture, token)).payload.scope).toBe('openid notes:read notes:write')
  })
})

describe.each(Object.entries(storeKinds))('a grant in %s stores', (_kind, open) => {
  test.each(successors)('of a removed API does not count for %s', async (_what, successorOf) => {
    const now = Date.now
    const past = jest.spyOn(Date, 'now').mockImplementation(() => now() - 2 * second)
    await using stack = new AsyncDisposableStack()
    stack.defer(() => past.mockRestore())
    const database = stack.use(await open())
    const host = stack.use(await startHost({ stores: await database.empty() }))
    const older = await host.pocket.apis.create({ name: 'Older', resource: 'https://older.example.com' })
    const fixture = await createFixture(host)
    const { refresh_token: token = '' } = await requestTokens(fixture, { scope: 'openid offline_access notes:read' })
    const pending = await authorize(fixture, { scope: 'openid notes:read', prompt: 'none' })
    expect(redirectParameters(pending.page)).not.toHaveProperty('error')
    await host.pocket.apis.remove(fixture.api.id)
    past.mockRestore()
    const successor = await successorOf(host, older)
    await host.pocket.apis.setGrant(successor.id, fixture.client.id, accessToApi(successor, ['notes:read']))
    await expectRefusal(oidc.refreshTokenGrant(fixture.configuration, token), 'invalid_target')
    await expect(pending.finish(pending.page.location)).rejects.toMatchObject({ error: 'invalid_target' })

    const request = { scope: 'openid offline_access notes:read' }
    const silent = await authorize(fixture, { ...request, prompt: 'none' })
    expect(redirectParameters(silent.page).error).toBe('consent_required')
    // The grant of the session is extended by a new consent, which counts from then on.
    const { page, finish } = await authorize(fixture, request)
    const fresh = await finish((await decide(fixture.agent, page)).location)
    const again = await authorize(fixture, { ...request, prompt: 'none' })
    expect(redirectParameters(again.page)).not.toHaveProperty('error')
    const refreshed = await oidc.refreshTokenGrant(fixture.configuration, fresh.refresh_token ?? '')
    expect((await verifyToken(fixture, refreshed.access_token)).payload.scope).toContain('notes:read')
    await expectRefusal(oidc.refreshTokenGrant(fixture.configuration, token), 'invalid_target')
  })
})
