import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { defaultProtocol } from '@pocket/core/internal'
import type { UserAgent } from '@pocket/core/testing'
import { databaseKinds } from '@pocket/test-support'
import { databaseOf } from '../http/app.ts'
import { findAuditEvents } from './calls.ts'
import { authorizationUrl, type Instance, startInstance } from './instance.ts'
import { cachedDifferences, type Document, type FindDifferences } from './response-differences.ts'

const hour = 3_600_000
const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

type Json = Readonly<Record<string, unknown>>
interface ClientDto extends Json {
  readonly id: string
}
interface SecretDto extends Json {
  readonly id: string
  readonly secret: string
}
interface List {
  readonly data: readonly ClientDto[]
  readonly pagination: Json
}

describe.each(databaseKinds)('%s', (kind) => {
  const stack = new AsyncDisposableStack()
  let instance: Instance
  let document: Document
  let differences: FindDifferences
  let administrator: UserAgent

  beforeAll(async () => {
    const database = await databaseOf(kind, stack)
    instance = stack.use(await startInstance(database))
    administrator = instance.administrator
    document = (await administrator.getJson(`${instance.url}/api/openapi.json`)).json() as Document
    differences = cachedDifferences(document)
  })

  afterAll(async () => stack.disposeAsync())

  /** Sends requests as the administrator by default, and checks each response against the OpenAPI document. */
  async function call(name: string, body?: unknown, { id = '', agent = administrator, query = '' } = {}) {
    const [method = '', path = ''] = name.split(' ')
    const url = `${instance.url}${path.replace(/\{\w+\}/, encodeURIComponent(id))}${query}`
    const response = await agent.sendJson(method, url, body === undefined ? {} : { body })
    expect(differences(name, response)).toEqual([])
    return response
  }

  const documentedFields = (schema: string) =>
    Object.keys((document.components.schemas[schema] as { readonly properties: Json }).properties).sort()

  async function create(fields: Json = {}): Promise<ClientDto> {
    const response = await call('POST /api/oidc/clients', { name: 'Client', ...fields })
    expect([response.status, response.text]).toEqual([201, expect.any(String)])
    return response.json() as ClientDto
  }

  async function get(id: string): Promise<ClientDto> {
    return (await call('GET /api/oidc/clients/{id}', undefined, { id })).json() as ClientDto
  }

  async function fetchList(query: string, name = 'GET /api/oidc/clients', agent = administrator): Promise<List> {
    return (await call(name, undefined, { query, agent })).json() as List
  }

  async function createSecret(id: string, body?: Json): Promise<SecretDto> {
    const response = await administrator.postJson(`${instance.url}/api/oidc/clients/${id}/secrets`, body ?? {})
    expect([response.status, response.text]).toEqual([201, expect.any(String)])
    return response.json() as SecretDto
  }

  /** A client credentials request, which shows whether a secret is valid. */
  async function tokenStatus(id: string, secret: string): Promise<number> {
    const { status } = await instance.agent().fetch(`${instance.url}/api/oidc/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    return status
  }

  /** Runs an authorization for a client without consent. */
  async function authorize(agent: UserAgent, id: string, extra: Record<string, string> = {}): Promise<URLSearchParams> {
    const to = authorizationUrl(instance.url, id, 'https://app.example/cb', { scope: 'openid email', ...extra })
    const redirectUrl = await agent.followTo(await agent.get(to), (url) => url.startsWith('https://app.example/'))
    return new URL(redirectUrl).searchParams
  }

  test('applies the defaults of Pocket ID and creates no secret', async () => {
    const client = await create()
    expect(client).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Client',
      description: '',
      hasLogo: false,
      hasDarkLogo: false,
      launchURL: null,
      requiresReauthentication: false,
      clientType: 'standard',
      callbackURLs: [],
      logoutCallbackURLs: [],
      isPublic: false,
      pkceEnabled: false,
      requiresPushedAuthorizationRequests: false,
      skipConsent: false,
      credentials: { federatedIdentities: [], secrets: [] },
      isGroupRestricted: false,
      accessTokenDurationMinutes: 60,
      refreshTokenDurationMinutes: 43_200,
      protocol: defaultProtocol,
      allowedUserGroups: [],
    })
    expect(await get(client.id)).toEqual(client)
    expect([...Object.keys(client), 'pkceSupported'].sort()).toEqual(
      documentedFields('OidcClientWithAllowedUserGroupsDto'),
    )
  })

  test('changes protocol settings separately, and keeps them for tools that do not know them', async () => {
    const client = await create({
      name: 'Protocol',
      protocol: { implicitIdToken: true, groupRules: { rename: { a: 'b' } } },
    })
    const changes = {
      name: 'Protocol',
      protocol: {
        userNames: { someone: 'other' },
        claimRules: [{ claim: 'a', source: { kind: 'constant', value: 1 } }],
      },
    }
    const changed = await call('PUT /api/oidc/clients/{id}', changes, { id: client.id })
    const protocol = {
      ...defaultProtocol,
      implicitIdToken: true,
      groupRules: { include: null, rename: { a: 'b' } },
      userNames: { someone: 'other' },
      claimRules: [{ claim: 'a', source: { kind: 'constant', value: 1 }, as: null }],
    }
    expect(changed.json()).toMatchObject({ protocol })
    await call('PUT /api/oidc/clients/{id}', { name: 'Renamed' }, { id: client.id })
    expect(await get(client.id)).toMatchObject({ name: 'Renamed', protocol })
  })

  test('stores every field, and resets an omitted field to its default', async () => {
    const fields = {
      id: `full.${kind}_1`,
      name: 'Cafe\u0301',
      description: 'Photos — 写真 🎉',
      launchURL: 'https://app.example/start',
      callbackURLs: ['https://app.example/cb', 'app.immich:///oauth-callback'],
      logoutCallbackURLs: ['https://app.example/bye'],
      isPublic: true,
      pkceEnabled: false,
      requiresReauthentication: true,
      requiresPushedAuthorizationRequests: true,
      skipConsent: true,
      isGroupRestricted: true,
      credentials: {
        federatedIdentities: [
          { issuer: 'https://ci.example', subject: 'repo', replayProtection: true },
          { issuer: 'https://k8s.example', subject: null, audience: '', jwks: 'https://k8s.example/keys' },
          { issuer: 'https://often.example', replayProtection: false },
        ],
      },
      accessTokenDurationMinutes: 1,
      refreshTokenDurationMinutes: 525_600,
      hasLogo: true,
      logoUrl: null,
      unknown: { a: 1 },
    }
    const otherTests = ['allowedUserGroupIds', 'darkLogoUrl', 'protocol']
    const isSent = (name: string) => Object.hasOwn(fields, name)
    expect(documentedFields('OidcClientCreateDto').filter((name) => !isSent(name))).toEqual(otherTests)
    const client = await create(fields)
    const { hasLogo: _, logoUrl: __, unknown: ___, ...kept } = fields
    expect(client).toMatchObject({
      ...kept,
      name: 'Café',
      pkceEnabled: true,
      hasLogo: false,
      credentials: {
        federatedIdentities: [
          { issuer: 'https://ci.example', subject: 'repo', replayProtection: true },
          { issuer: 'https://k8s.example', jwks: 'https://k8s.example/keys', replayProtection: false },
          { issuer: 'https://often.example', replayProtection: false },
        ],
        secrets: [],
      },
    })
    expect(client).not.toHaveProperty('unknown')
    expect(await get(client.id)).toEqual(client)

    const response = await call(
      'PUT /api/oidc/clients/{id}',
      { name: 'Less', accessTokenDurationMinutes: 0, launchURL: null, callbackURLs: null },
      { id: client.id },
    )
    expect([response.status, response.json()]).toEqual([200, { ...(await create({ name: 'Less' })), id: client.id }])
    expect(findAuditEvents(instance, 'client_updated').at(-1)).toMatchObject({
      clientId: client.id,
      fields: expect.arrayContaining(['name', 'redirectUris', 'accessTokenDurationMinutes']),
    })
  })

  test('keeps settings that only our pages know when the API changes a client', async () => {
    const { clients } = instance.app.pocket
    const client = await clients.create({ name: 'NAS', redirectUris: [], template: 'synology-dsm' })
    const { plain } = await clients.addSecret(client.id)
    await call('PUT /api/oidc/clients/{id}', { name: 'Network storage' }, { id: client.id })
    expect(await clients.find(client.id)).toMatchObject({ name: 'Network storage', template: 'synology-dsm' })
    expect(await tokenStatus(client.id, plain)).toBe(200)
  })

  test('rejects an ID that is in use', async () => {
    const id = `taken-${kind}`
    const all = await Promise.all(
      Array.from({ length: 5 }, () => call('POST /api/oidc/clients', { id, name: 'Client' })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
    expect(all.find(({ status }) => status === 409)?.json()).toMatchObject({ code: 'client_id_already_exists' })
  })

  test.each<[string, unknown, string]>([
    ['no name', {}, 'name'],
    ['a description of 151 characters', { name: 'n', description: '🎉'.repeat(151) }, 'description'],
    ['a relative callback URL', { name: 'n', callbackURLs: ['https://a.example', '/cb'] }, 'callbackURLs[1]'],
    ['a fragment', { name: 'n', logoutCallbackURLs: ['https://a.example/#x'] }, 'logoutCallbackURLs[0]'],
    ['a launch URL with a script', { name: 'n', launchURL: 'javascript:alert(1)' }, 'launchURL'],
    ['a negative duration', { name: 'n', accessTokenDurationMinutes: -1 }, 'accessTokenDurationMinutes'],
    [
      'an identity without issuer',
      { name: 'n', credentials: { federatedIdentities: [{}] } },
      'credentials.federatedIdentities[0].issuer',
    ],
    [
      'an identity of two lines',
      { name: 'n', credentials: { federatedIdentities: [{ issuer: 'a\nb' }] } },
      'credentials.federatedIdentities[0].issuer',
    ],
  ])('rejects %s and names the field', async (_name, body, field) => {
    const response = await call('POST /api/oidc/clients', body)
    expect([response.status, response.json()]).toEqual([
      400,
      expect.objectContaining({
        code: 'validation_failed',
        details: { fields: [expect.objectContaining({ field })] },
        request_id: response.headers.get('x-request-id'),
      }),
    ])
  })

  test('accepts values at the limits', async () => {
    const name = 'é'.repeat(50)
    const description = '🎉'.repeat(150)
    expect(
      await create({ name, description, id: `a${kind.slice(0, 1)}`, accessTokenDurationMinutes: 525_600 }),
    ).toMatchObject({
      name,
      description,
      accessTokenDurationMinutes: 525_600,
    })
    expect(await create({ id: kind.slice(0, 1).repeat(128) })).toMatchObject({ id: kind.slice(0, 1).repeat(128) })
  })

  test('finds a client by the base64url form of an ID that is a URL', async () => {
    const client = await create()
    const id = `~${Buffer.from(client.id).toString('base64url')}`
    expect((await call('GET /api/oidc/clients/{id}', undefined, { id })).json()).toEqual(client)
  })

  test('reveals only the name of a client to anonymous callers', async () => {
    const client = await create({ name: 'Photos', description: 'All of them', launchURL: 'https://photos.example' })
    const response = await call('GET /api/oidc/clients/{id}/meta', undefined, {
      id: client.id,
      agent: instance.agent(),
    })
    expect([response.status, response.json()]).toEqual([
      200,
      {
        id: client.id,
        name: 'Photos',
        description: 'All of them',
        hasLogo: false,
        hasDarkLogo: false,
        launchURL: 'https://photos.example',
        requiresReauthentication: false,
        clientType: 'standard',
      },
    ])
  })

  describe('secrets', () => {
    test('are generated or chosen, shown once, and valid until they expire', async () => {
      const { id } = await create()
      const drawn = await createSecret(id)
      expect(drawn).toEqual({
        id: expect.any(String),
        prefix: drawn.secret.slice(0, 4),
        createdAt: expect.stringMatching(/Z$/),
        expiresAt: null,
        isActive: true,
        secret: expect.stringMatching(/^pk_[\w-]{43}$/),
      })
      const expiresAt = new Date(Date.now() + hour).toISOString()
      const input = await createSecret(id, { secret: 'sixteen letters!', expiresAt })
      expect(input).toMatchObject({ prefix: 'sixt', expiresAt, isActive: true, secret: 'sixteen letters!' })
      expect(await tokenStatus(id, drawn.secret)).toBe(200)
      expect(await tokenStatus(id, 'sixteen letters!')).toBe(200)
      expect(await tokenStatus(id, 'sixteen letters?')).toBe(401)

      const list = await call('GET /api/oidc/clients/{id}/secrets', undefined, { id })
      const shown = [drawn, input].map(({ secret: _, ...rest }) => rest)
      expect(list.json()).toEqual(
        shown.map((secret) => ({ ...secret, lastUsedAt: expect.any(String), serviceToken: null })),
      )
      expect((await get(id)).credentials).toEqual({ federatedIdentities: [], secrets: shown })

      const response = await administrator.sendJson(
        'DELETE',
        `${instance.url}/api/oidc/clients/${id}/secrets/${drawn.id}`,
      )
      expect(response.status).toBe(204)
      expect(await tokenStatus(id, drawn.secret)).toBe(401)
      const again = await administrator.sendJson('DELETE', `${instance.url}/api/oidc/clients/${id}/secrets/${drawn.id}`)
      expect([again.status, again.json()]).toEqual([404, expect.objectContaining({ code: 'not_found' })])
      expect(findAuditEvents(instance, 'client_secret_removed').at(-1)).toMatchObject({
        clientId: id,
        secretId: drawn.id,
      })
      expect(instance.log.join('')).not.toContain(drawn.secret)
    })

    test('need no body, regardless of the content type', async () => {
      const { id } = await create()
      const url = `${instance.url}/api/oidc/clients/${id}/secrets`
      for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }])
        expect((await administrator.sendJson('POST', url, { options: { headers } })).status).toBe(201)
    })

    test.each<[string, unknown, string]>([
      ['15 characters', { secret: 'x'.repeat(15) }, 'secret'],
      ['a character outside ASCII', { secret: `${'x'.repeat(16)}é` }, 'secret'],
      ['a line break', { secret: `${'x'.repeat(16)}\n` }, 'secret'],
      ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
      ['a leap second', { expiresAt: '2090-12-31T23:59:60Z' }, 'expiresAt'],
    ])('reject %s', async (_name, body, field) => {
      const { id } = await create()
      const response = await call('POST /api/oidc/clients/{id}/secrets', body, { id })
      expect([response.status, response.json()]).toEqual([
        400,
        expect.objectContaining({
          code: 'validation_failed',
          details: { fields: [expect.objectContaining({ field })] },
        }),
      ])
    })

    test('are limited to twenty, even with concurrent requests', async () => {
      const { id } = await create()
      const all = await Promise.all(
        Array.from({ length: 22 }, () => call('POST /api/oidc/clients/{id}/secrets', {}, { id })),
      )
      expect(all.map(({ status }) => status).sort()).toEqual([...Array(20).fill(201), 400, 400])
      expect((await call('GET /api/oidc/clients/{id}/secrets', undefined, { id })).json()).toHaveLength(20)
    })

    test('are rejected for a public client', async () => {
      const { id } = await create({ isPublic: true })
      for (const path of ['secrets', 'secret']) {
        const response = await call(`POST /api/oidc/clients/{id}/${path}`, {}, { id })
        expect([response.status, response.json()]).toEqual([
          400,
          expect.objectContaining({ code: 'validation_failed' }),
        ])
      }
    })

    test('are all replaced by the older form of the call', async () => {
      const { id } = await create()
      const old = [await createSecret(id), await createSecret(id)]
      const response = await call('POST /api/oidc/clients/{id}/secret', undefined, { id })
      const { secret } = response.json() as SecretDto
      expect([response.status, Object.keys(response.json() as Json)]).toEqual([200, ['secret']])
      expect(await tokenStatus(id, secret)).toBe(200)
      for (const each of old) expect(await tokenStatus(id, each.secret)).toBe(401)
    })
  })

  describe('lists', () => {
    const tag = `list ${kind}`
    const query = (extra: string) => `?search=${encodeURIComponent(tag.toUpperCase())}&${extra}`
    const names = ({ data }: List) => data.map(({ name }) => String(name).slice(tag.length + 1))

    beforeAll(async () => {
      await create({ name: `${tag} Zoë`, skipConsent: true })
      await create({ name: `${tag} 100%`, isPublic: true, launchURL: 'https://a.example' })
      await create({ name: `${tag} a_b`, requiresReauthentication: true })
    })

    test('have pages in a stable order', async () => {
      const first = await fetchList(query('pagination[limit]=2'))
      expect(names(first)).toEqual(['Zoë', '100%'])
      expect(first.pagination).toEqual({ totalPages: 2, totalItems: 3, currentPage: 1, itemsPerPage: 2 })
      expect(names(await fetchList(query('pagination[limit]=2&pagination[page]=9')))).toEqual(['a_b'])
      expect(first.data[0]).toMatchObject({ allowedUserGroupsCount: 0, credentials: { secrets: [] } })
      expect(first.data[0]).not.toHaveProperty('allowedUserGroups')
    })

    test('sort and filter by the field names of the REST API', async () => {
      expect(names(await fetchList(query('sort[column]=name&sort[direction]=desc')))).toEqual(['Zoë', 'a_b', '100%'])
      expect(names(await fetchList(query('sort[column]=pkceEnabled&sort[direction]=desc')))).toEqual([
        '100%',
        'Zoë',
        'a_b',
      ])
      expect(names(await fetchList(query('filters[skipConsent]=true')))).toEqual(['Zoë'])
      expect(names(await fetchList(query('filters[skipConsent][0]=true&filters[skipConsent][1]=false')))).toHaveLength(
        3,
      )
      expect(names(await fetchList(query('filters[clientType]=cimd')))).toEqual([])
    })
  })

  describe('groups', () => {
    async function createGroup(name: string): Promise<string> {
      return (await instance.app.directory.groups.create({ name: `${name}-${kind}`, friendlyName: name })).id
    }

    test('can be assigned from the client or the group, and unknown IDs are ignored', async () => {
      const family = await createGroup('family')
      const { id } = await create({ isGroupRestricted: true })
      const response = await call(
        'PUT /api/oidc/clients/{id}/allowed-user-groups',
        { userGroupIds: [family, someId, family, 'no id'] },
        { id },
      )
      expect([response.status, response.json()]).toEqual([
        200,
        expect.objectContaining({ id, isGroupRestricted: true }),
      ])
      expect(response.json()).not.toHaveProperty('allowedUserGroups')
      expect((await get(id)).allowedUserGroups).toEqual([
        expect.objectContaining({ id: family, name: `family-${kind}`, friendlyName: 'family', customClaims: [] }),
      ])
      expect(findAuditEvents(instance, 'client_groups_changed').at(-1)).toMatchObject({
        clientId: id,
        groupIds: [family],
      })

      const friends = await createGroup('friends')
      const name = 'PUT /api/user-groups/{id}/allowed-oidc-clients'
      const fromGroup = await call(name, { oidcClientIds: [id, 'unknown'] }, { id: friends })
      expect([fromGroup.status, fromGroup.json()]).toEqual([
        200,
        expect.objectContaining({ id: friends, allowedOidcClients: [expect.objectContaining({ id })] }),
      ])
      expect(await get(id)).toMatchObject({ allowedUserGroups: { length: 2 } })
      expect((await fetchList('?sort[column]=allowedUserGroupsCount&sort[direction]=desc')).data[0]).toMatchObject({
        id,
        allowedUserGroupsCount: 2,
      })
      await call(name, { oidcClientIds: [] }, { id: friends })
      expect(await get(id)).toMatchObject({ allowedUserGroups: [{ id: family }] })
      expect((await call(name, { oidcClientIds: [] }, { id: someId })).json()).toMatchObject({ code: 'not_found' })

      await call('PUT /api/oidc/clients/{id}', { name: 'Client', isGroupRestricted: true }, { id })
      expect(await get(id)).toMatchObject({ allowedUserGroups: [{ id: family }] })
      await call('PUT /api/oidc/clients/{id}', { name: 'Client' }, { id })
      expect(await get(id)).toMatchObject({ isGroupRestricted: false, allowedUserGroups: [] })
    })

    test('survive concurrent changes of other fields, and so do secrets', async () => {
      const [one, two] = [await createGroup('one'), await createGroup('two')]
      const { id } = await create({ isGroupRestricted: true })
      for (let round = 0; round < 5; round++) {
        await call('PUT /api/oidc/clients/{id}/allowed-user-groups', { userGroupIds: [] }, { id })
        const responses = await Promise.all([
          call('PUT /api/oidc/clients/{id}/allowed-user-groups', { userGroupIds: [one] }, { id }),
          ...[1, 2, 3].map(() =>
            call('PUT /api/oidc/clients/{id}', { name: `Round ${round}`, isGroupRestricted: true }, { id }),
          ),
          call('POST /api/oidc/clients/{id}/secrets', {}, { id }),
        ])
        expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 201])
        await Promise.all([
          call('PUT /api/user-groups/{id}/allowed-oidc-clients', { oidcClientIds: [id] }, { id: two }),
          ...[1, 2, 3].map(() =>
            call('PUT /api/oidc/clients/{id}', { name: `Round ${round}`, isGroupRestricted: true }, { id }),
          ),
        ])
        expect(await get(id)).toMatchObject({
          name: `Round ${round}`,
          allowedUserGroups: { length: 2 },
          credentials: { secrets: { length: round + 1 } },
        })
      }
    })

    test('decide which clients a user can use and sees as available', async () => {
      const { id: userId, agent } = await instance.person(`member-${kind}`)
      const restricted = await create({
        name: `restricted ${kind}`,
        callbackURLs: ['https://app.example/cb'],
        isGroupRestricted: true,
        skipConsent: true,
        launchURL: 'https://app.example',
        protocol: { initiateLoginUri: 'https://app.example/login' },
      })
      const listOwnClients = async () =>
        (await fetchList('?pagination[limit]=100', 'GET /api/oidc/users/me/clients', agent)).data.map(({ id }) => id)
      expect(await listOwnClients()).not.toContain(restricted.id)
      expect((await authorize(agent, restricted.id, { prompt: 'none' })).get('error')).toBe('access_denied')

      const members = await createGroup('members')
      await call('PUT /api/oidc/clients/{id}/allowed-user-groups', { userGroupIds: [members] }, { id: restricted.id })
      await instance.app.directory.groups.setMembers(members, [userId])
      expect(await listOwnClients()).toContain(restricted.id)
      expect((await authorize(agent, restricted.id)).get('code')).toEqual(expect.any(String))
      const used = await fetchList(
        '?filters[hasLaunchURL]=true&sort[column]=lastUsedAt&sort[direction]=desc',
        'GET /api/oidc/users/me/clients',
        agent,
      )
      const start = new URLSearchParams({ iss: instance.url, target_link_uri: 'https://app.example' })
      expect(used.data[0]).toMatchObject({
        id: restricted.id,
        lastUsedAt: expect.any(String),
        launchURL: `https://app.example/login?${start}`,
      })
      expect(used.data.slice(1).every(({ lastUsedAt }) => lastUsedAt === null)).toBe(true)
    })
  })

  test('lists the authorizations of a user to that user and to administrators, and revokes them', async () => {
    const { id: userId, agent } = await instance.person(`allows-${kind}`)
    const app = await create({ callbackURLs: ['https://app.example/cb'], skipConsent: true })
    const { secret } = await createSecret(app.id)
    const code = (await authorize(agent, app.id)).get('code') ?? ''
    const tokens = await instance.agent().fetch(`${instance.url}/api/oidc/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${app.id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/cb' }),
    })
    const { access_token: accessToken } = (await tokens.json()) as { access_token: string }
    const fetchUserInfo = async () =>
      (await agent.fetch(`${instance.url}/api/oidc/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } }))
        .status
    expect(await fetchUserInfo()).toBe(200)

    const item = {
      scope: 'openid email',
      client: expect.objectContaining({ id: app.id }),
      lastUsedAt: expect.any(String),
    }
    const path = '/api/oidc/users/me/authorized-clients'
    expect((await fetchList('', `GET ${path}`, agent)).data).toEqual([item])
    const seen = await call('GET /api/oidc/users/{id}/authorized-clients', undefined, { id: userId })
    expect(seen.json()).toMatchObject({ data: [item], pagination: { totalItems: 1 } })
    expect((await fetchList('?filters[hasLaunchURL]=true', `GET ${path}`, agent)).data).toEqual([])

    const withdrawal = `DELETE ${path}/{clientId}`
    expect((await call(withdrawal, undefined, { id: app.id })).status).toBe(404)
    expect((await call(withdrawal, undefined, { id: app.id, agent })).status).toBe(204)
    expect((await call(withdrawal, undefined, { id: app.id, agent })).json()).toMatchObject({ code: 'not_found' })
    expect(await fetchUserInfo()).toBe(401)
    expect((await fetchList('', `GET ${path}`, agent)).data).toEqual([])
    expect(findAuditEvents(instance, 'consent_withdrawn').at(-1)).toMatchObject({ accountId: userId, clientId: app.id })
  })
})
