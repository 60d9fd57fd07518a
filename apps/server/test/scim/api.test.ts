import { beforeEach, describe, expect, test } from '@jest/globals'
import { newUser } from '@pocket/directory'
import { shareBetweenTests } from '@pocket/test-support'
import { startScimServer } from '@pocket/test-support/scim'
import { findAuditEvents, lastEntry, startCalledInstance } from '../api/calls.ts'

const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'
const providers = '/api/scim/service-provider'
const notFound = { status: 404, json: { code: 'not_found', details: { resource: 'SCIM service provider' } } }

describe('the SCIM API', () => {
  const server = shareBetweenTests(() => startScimServer())
  const instance = shareBetweenTests(() => startCalledInstance('SQLite', { ALLOWED_PRIVATE_HOSTS: '127.0.0.1' }))
  let clientId: string

  beforeEach(async () => {
    ;({ id: clientId } = await instance.app.pocket.clients.create({ name: 'Photos', redirectUris: [] }))
    server.users.clear()
    server.requests.length = 0
  })

  const body = (extra: object = {}) => ({ endpoint: server.url, token: 'scim-token', oidcClientId: clientId, ...extra })
  const create = async (extra: object = {}) => {
    const { status, json } = await instance.call(`POST ${providers}`, { body: body(extra) })
    expect(status).toBe(201)
    return { ...json, params: { id: String(json.id) } } as typeof json & { readonly params: { readonly id: string } }
  }
  const update = (params: { id: string }, extra: object = {}) =>
    instance.call(`PUT ${providers}/{id}`, { params, body: body(extra) })
  const sync = (params: { id: string }) => instance.call(`POST ${providers}/{id}/sync`, { params })
  const fetchProvider = () =>
    instance.call('GET /api/oidc/clients/{id}/scim-service-provider', { params: { id: clientId } })

  test('creates, reads, changes and deletes a provider, and never returns its token', async () => {
    expect(await fetchProvider()).toMatchObject(notFound)
    const created = await create()
    expect(created).toMatchObject({
      endpoint: server.url,
      token: 'XXXXXXXXXX',
      lastSyncedAt: null,
      oidcClient: { id: clientId, name: 'Photos', clientType: 'standard' },
      removal: 'deactivate',
      lastReport: null,
    })
    expect((await fetchProvider()).json).toEqual(expect.objectContaining({ id: created.id }))
    expect((await update(created.params, { token: '', removal: 'delete' })).json).toMatchObject({
      token: '',
      removal: 'delete',
    })
    const entry = JSON.stringify(await lastEntry(instance, 'SCIM_PROVIDER_UPDATED'))
    expect(entry).toContain('"removal":{"before":"deactivate","after":"delete"}')
    expect((await instance.call(`DELETE ${providers}/{id}`, { params: created.params })).status).toBe(204)
    expect(await fetchProvider()).toMatchObject(notFound)
    for (const event of ['scim_provider_created', 'scim_provider_updated', 'scim_provider_removed'])
      expect(findAuditEvents(instance, event).at(-1)).toMatchObject({ clientId })
    expect(instance.log.join('') + entry).not.toContain('scim-token')
  })

  test('returns not found for an unknown provider', async () => {
    const params = { id: someId }
    expect(await update(params)).toMatchObject(notFound)
    expect(await sync(params)).toMatchObject(notFound)
    expect(await instance.call(`DELETE ${providers}/{id}`, { params })).toMatchObject(notFound)
    expect(await instance.call(`POST ${providers}/{id}/adopt`, { params, body: {} })).toMatchObject(notFound)
    const client = { code: 'not_found', details: { resource: 'OIDC client' } }
    expect((await instance.call(`POST ${providers}`, { body: body({ oidcClientId: someId }) })).json).toMatchObject(
      client,
    )
    const { json } = await instance.call('GET /api/oidc/clients/{id}/scim-service-provider', { params })
    expect(json).toMatchObject(client)
  })

  test.each([
    [{ endpoint: '' }, 'endpoint', 'required'],
    [{ oidcClientId: undefined }, 'oidcClientId', 'required'],
    [{ endpoint: 'app.example/scim' }, 'endpoint', 'invalid_format'],
    [{ endpoint: 'https://ada:secret@app.example/scim' }, 'endpoint', 'invalid_format'],
    [{ endpoint: `https://app.example/${'a'.repeat(2000)}` }, 'endpoint', 'too_long'],
    [{ token: 'a\r\nx-evil: 1' }, 'token', 'invalid_format'],
    [{ removal: 'ignore' }, 'removal', 'oneof'],
  ])('rejects %j', async (extra, field, code) => {
    const { status, json } = await instance.call(`POST ${providers}`, { body: body(extra) })
    expect([status, json.code]).toEqual([400, 'validation_failed'])
    expect(json.details).toMatchObject({ fields: [{ field, code }] })
  })

  test('provisions to each SCIM provider of a client, and deletes the providers with the client', async () => {
    const [first, second] = [await create(), await create()]
    expect(second.id).not.toBe(first.id)
    expect((await fetchProvider()).json.id).toBe(first.id)
    for (const { params } of [first, second]) expect((await sync(params)).status).toBe(200)
    expect((await instance.call(`DELETE ${providers}/{id}`, { params: first.params })).status).toBe(204)
    expect((await fetchProvider()).json.id).toBe(second.id)
    const third = await create()
    await instance.call('DELETE /api/oidc/clients/{id}', { params: { id: clientId } })
    for (const { params } of [second, third]) expect(await sync(params)).toMatchObject(notFound)
  })

  test('sends a stored token to no other server', async () => {
    const { params } = await create()
    const kept = { token: 'XXXXXXXXXX' }
    expect((await update(params, { ...kept, endpoint: `${server.url}/` })).status).toBe(200)
    expect((await sync(params)).status).toBe(200)
    const refused = await update(params, { ...kept, endpoint: 'https://evil.example/scim' })
    expect([refused.status, refused.json.details]).toMatchObject([
      400,
      { fields: [{ field: 'token', code: 'required' }] },
    ])
    expect((await fetchProvider()).json.endpoint).toBe(`${server.url}/`)
  })

  test('binds a change to the version that was read', async () => {
    const { params } = await create()
    const tag = (await fetchProvider()).response.headers.get('etag') ?? ''
    await update(params, { removal: 'delete' })
    const { administrator, url } = instance
    const options = { headers: { 'if-match': tag } }
    const response = await administrator.sendJson('PUT', `${url}${providers}/${params.id}`, { body: body(), options })
    expect(response.status).toBe(412)
  })

  test('provisions users on demand and returns the result', async () => {
    const { params } = await create()
    const ada = [...(await instance.app.directory.list())].find(({ userName }) => userName === 'ada')
    expect(await sync(params)).toMatchObject({ status: 200, response: { text: '' } })
    expect([...server.users.values()]).toContainEqual(expect.objectContaining({ externalId: ada?.id, userName: 'ada' }))
    const { json } = await fetchProvider()
    expect(json.lastSyncedAt).toEqual(expect.any(String))
    expect(json.lastReport).toMatchObject({ users: { failed: 0 }, problems: [], stopped: null })
    expect(findAuditEvents(instance, 'scim_sync_requested').at(-1)).toMatchObject({ clientId })
  })

  test('reports a failing target with its cause', async () => {
    const { params } = await create({ token: 'wrong' })
    const response = await sync(params)
    expect([response.status, response.json.code]).toEqual([500, 'scim_sync_failed'])
    expect(response.json.details).toMatchObject({ reason: 'unauthorized' })
    const { json } = await fetchProvider()
    expect([json.lastSyncedAt, json.lastReport]).toMatchObject([null, { stopped: { code: 'unauthorized' } }])
    expect(findAuditEvents(instance, 'scim_sync_failed').at(-1)).toMatchObject({ clientId, reason: 'unauthorized' })
  })

  test('adopts existing resources when an administrator confirms it', async () => {
    const { params } = await create()
    const user = await instance.app.directory.create(newUser({ username: `eve${Math.random().toString(36).slice(2)}` }))
    server.users.set('1', { id: '1', userName: user.userName.toUpperCase(), displayName: 'Eve', active: true })
    server.users.set('2', { id: '2', userName: 'ADA', displayName: 'Ada', active: true })
    const first = await sync(params)
    expect([first.status, first.json.code]).toEqual([500, 'scim_sync_failed'])
    expect(first.json.details).toMatchObject({ reason: 'found', problemCount: '0' })
    expect((await fetchProvider()).json).toMatchObject({ lastSyncedAt: null, lastReport: { users: { found: 2 } } })
    expect(findAuditEvents(instance, 'scim_sync_failed').at(-1)).toMatchObject({ clientId, reason: 'found' })
    expect(server.requests.some((request) => /^(PUT|PATCH)/.test(request))).toBe(false)
    const adopt = (one: object) => instance.call(`POST ${providers}/{id}/adopt`, { params, body: one })
    expect((await adopt({ kind: 'user', id: someId })).status).toBe(404)
    expect((await adopt({ kind: 'user', id: user.id })).json).toEqual({ adopted: 1 })
    expect((await sync(params)).json.details).toMatchObject({ reason: 'found' })
    expect((await adopt({})).json).toEqual({ adopted: 1 })
    expect((await sync(params)).status).toBe(200)
    expect((await fetchProvider()).json.lastSyncedAt).toEqual(expect.any(String))
    expect([server.users.get('1')?.userName, server.users.get('2')?.userName]).toEqual([user.userName, 'ada'])
    expect(findAuditEvents(instance, 'scim_objects_adopted').at(-1)).toMatchObject({ clientId, count: '1' })
  })
})
