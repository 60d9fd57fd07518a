import { describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import {
  accessToApi,
  authorize,
  createFixture,
  createNotesApi,
  type Fixture,
  introspect,
  isActive,
  requestTokens,
  resource,
  verifyToken,
} from './api-fixture.ts'
import { freshHost, type Host, second } from './host.ts'
import { discover, expectRefusal, relyingParty } from './login.ts'
import { redirectParameters, verifyJwt } from './requests.ts'

const host = freshHost()

describe('client credentials', () => {
  test('grant the requested permissions, or all allowed permissions by default', async () => {
    const fixture = await createFixture(host)
    const all = await oidc.clientCredentialsGrant(fixture.configuration, { resource })
    expect((await verifyToken(fixture, all.access_token)).payload).toMatchObject({
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
    const { configuration } = await createFixture(host)
    await expect(oidc.clientCredentialsGrant(configuration, request)).rejects.toMatchObject({ error })
  })

  test('grant no permissions that only users can delegate', async () => {
    const { configuration, client, api } = await createFixture(host)
    await host.pocket.apis.setGrant(api.id, client.id, accessToApi(api, ['notes:read']))
    await expectRefusal(oidc.clientCredentialsGrant(configuration, { resource }), 'access_denied')
  })

  test('a client with a metadata document asks users for the permissions that the API offers to all such clients', async () => {
    const fixture = await createFixture(host)
    const { client, api } = fixture
    const stored = await host.pocket.clients.find(client.id)
    await host.stores.clients.update({ ...(stored ?? client), type: 'cimd' })
    await host.pocket.apis.removeGrant(api.id, client.id)
    const ids = api.permissions.filter(({ key }) => key === 'notes:write').map(({ id }) => id)
    await host.pocket.apis.setCimdAccess(api.id, { enabled: true, permissionIds: ids })
    const refused = await authorize(fixture, { scope: 'openid notes:read' })
    expect(redirectParameters(refused.page).error).toBe('invalid_scope')
    const { access_token: token } = await requestTokens(fixture, { scope: 'openid notes:write' })
    expect((await verifyToken(fixture, token)).payload.scope).toBe('openid notes:write')
    await expectRefusal(oidc.clientCredentialsGrant(fixture.configuration, { resource }), 'access_denied')
  })

  test('use no signature algorithm that FAPI 2.0 forbids if the client must follow it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] }
    const { id } = await host.pocket.clients.create({ name: 'Bank', redirectUris: [], protocol: { fapi: true, jwks } })
    const api = await createNotesApi(host)
    await host.pocket.apis.setGrant(api.id, id, accessToApi(api, null, ['notes:read']))
    const authentication = oidc.PrivateKeyJwt(
      { key: privateKey, kid: 'one' },
      {
        [oidc.modifyAssertion]: (_header, payload) => {
          payload.aud = host.issuer
        },
      },
    )
    const configuration = await discover(host, id, authentication)
    const DPoP = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
    const { access_token: token } = await oidc.clientCredentialsGrant(configuration, { resource }, { DPoP })
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'PS256' })
  })

  test('grant no access to personal data, and introspection of the opaque token names the client', async () => {
    const { configuration, client } = await createFixture(host, { api: { accessTokenFormat: 'opaque' } })
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
    const fixture = await createFixture(host)
    await host.pocket.apis.setGrant(fixture.api.id, fixture.client.id, accessToApi(fixture.api, null, []))
    const { access_token: token } = await oidc.clientCredentialsGrant(fixture.configuration, { resource })
    expect((await verifyToken(fixture, token)).payload.scope).toBeUndefined()
  })
})

describe('opaque token', () => {
  async function createOpaqueToken(host: Host) {
    const server = await relyingParty(host)
    const api = { accessTokenFormat: 'opaque', resourceServerClientIds: [server.client.id, 'nobody'] } as const
    const fixture = await createFixture(host, { api })
    return { server, fixture, token: (await requestTokens(fixture)).access_token }
  }

  test('can be introspected only by the client and by the resource server of its API', async () => {
    const { server, fixture, token } = await createOpaqueToken(host)
    expect(fixture.api.resourceServerClientIds).toEqual([server.client.id])
    const seen = JSON.parse((await introspect(host, server, token)).text)
    expect(seen).toMatchObject({
      active: true,
      sub: fixture.account.id,
      username: fixture.account.id,
      client_id: fixture.client.id,
      aud: [resource, host.issuer],
      scope: 'openid notes:read notes:write',
    })
    expect(await isActive(host, fixture, token)).toBe(true)
    expect(await isActive(host, await relyingParty(host), token)).toBe(false)
    const own = await oidc.clientCredentialsGrant(fixture.configuration)
    expect(await isActive(host, server, own.access_token)).toBe(false)
  })

  test('has a signed introspection response too (RFC 9701)', async () => {
    const { server, token } = await createOpaqueToken(host)
    const result = await introspect(host, server, token, 'application/token-introspection+jwt')
    expect(result.type).toContain('application/token-introspection+jwt')
    expect(decodeProtectedHeader(result.text)).toMatchObject({ typ: 'token-introspection+jwt', alg: 'RS256' })
    const { payload } = await verifyJwt(host, result.text)
    expect(payload.aud).toBe(server.client.id)
    expect(payload.token_introspection).toMatchObject({ active: true, aud: [resource, host.issuer] })
  })

  test('is active only while its client has this kind of access: for users or for itself', async () => {
    const fixture = await createFixture(host, { api: { accessTokenFormat: 'opaque' } })
    const { api, client, configuration } = fixture
    const tokens = [await requestTokens(fixture), await oidc.clientCredentialsGrant(configuration, { resource })]
    const states = () => Promise.all(tokens.map(({ access_token: token }) => isActive(host, fixture, token)))
    await host.pocket.apis.setGrant(api.id, client.id, accessToApi(api, ['notes:read']))
    expect(await states()).toEqual([true, false])
    await host.pocket.apis.setGrant(api.id, client.id, accessToApi(api, null, ['notes:read']))
    expect(await states()).toEqual([false, true])
  })

  test.each<[string, (host: Host, fixture: Fixture) => Promise<unknown>]>([
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
    const { server, fixture, token } = await createOpaqueToken(host)
    await happens(host, fixture)
    expect(await isActive(host, server, token)).toBe(false)
    expect(await isActive(host, fixture, token)).toBe(false)
  })

  test('for an API is not valid for another API that takes over its identifier', async () => {
    const { server, fixture, token } = await createOpaqueToken(host)
    await host.pocket.apis.remove(fixture.api.id)
    host.clock.pass(2 * second)
    const heir = await createNotesApi(host, {
      accessTokenFormat: 'opaque',
      resourceServerClientIds: [server.client.id],
    })
    await host.pocket.apis.setGrant(heir.id, fixture.client.id, accessToApi(heir, ['notes:read']))
    expect(await isActive(host, server, token)).toBe(false)
  })

  test('for a removed API is not valid for an older API that gets its resource', async () => {
    const older = await host.pocket.apis.create({ name: 'Older', resource: 'https://older.example.com' })
    const { server, fixture, token } = await createOpaqueToken(host)
    await host.pocket.apis.remove(fixture.api.id)
    host.clock.pass(2 * second)
    await host.pocket.apis.setResource(older.id, resource)
    await host.pocket.apis.update(older.id, { name: 'Older', resourceServerClientIds: [server.client.id] })
    await host.pocket.apis.setGrant(older.id, fixture.client.id, accessToApi(older, []))
    expect(await isActive(host, server, token)).toBe(false)
  })

  test('is hidden from a resource server that was deleted and recreated', async () => {
    const { server, token } = await createOpaqueToken(host)
    await host.pocket.clients.remove(server.client.id)
    const { secret } = await host.client({ id: server.client.id })
    expect(await isActive(host, { client: server.client, secret }, token)).toBe(false)
  })
})
