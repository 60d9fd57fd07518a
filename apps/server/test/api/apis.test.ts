import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds } from '@pocket/test-support'
import { type Answer, type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'

type Json = Readonly<Record<string, unknown>>

let instance: CalledInstance
// Three digits, so that names sort as numbers.
let count = 100

function freshName(): string {
  count += 1
  return `thing${count}`
}

async function createApi(fields: Json = {}): Promise<Answer & { readonly id: string; readonly resource: string }> {
  const resource = `https://${freshName()}.example`
  const response = await instance.call('POST /api/apis', { body: { name: 'Notes', resource, ...fields } })
  return { ...response, id: String(response.json.id), resource }
}

async function createClient(fields: Json = {}): Promise<string> {
  const { json } = await instance.call('POST /api/oidc/clients', {
    body: { name: freshName(), callbackURLs: [], ...fields },
  })
  return String(json.id)
}

function setPermissions(id: string, permissions: readonly Json[]): Promise<Answer> {
  return instance.call('PUT /api/apis/{id}/permissions', { params: { id }, body: { permissions } })
}

/** An API with two permissions, and their IDs. */
async function createApiWithPermissions(name = 'Notes') {
  const { id, resource } = await createApi({ name })
  const { json } = await setPermissions(id, [
    { key: 'read', name: 'Read', description: 'Look' },
    { key: 'write', name: 'Write', description: null },
  ])
  const [read, write] = (json.permissions as readonly { readonly id: string }[]).map((each) => each.id)
  return { id, resource, read: String(read), write: String(write) }
}

function setAccess(id: string, clientId: string, body: Json): Promise<Answer> {
  return instance.call('PUT /api/apis/{id}/clients/{clientId}', { params: { id, clientId }, body })
}

async function listGrantableIds(call: string, params: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  const { json } = await instance.call(call, { params, query: '?pagination[limit]=100' })
  return (json.data as readonly Json[]).map(({ id }) => id)
}

function fieldsOf({ json }: Answer): readonly unknown[] {
  return (json.details as { readonly fields: readonly Json[] }).fields.map(({ field, code }) => [field, code])
}

const nothing = {
  userDelegatedAccess: false,
  clientAccess: false,
  userDelegatedPermissionIds: [],
  clientPermissionIds: [],
}

describe.each(databaseKinds)('APIs on %s', (kind) => {
  beforeAll(async () => {
    instance = await startCalledInstance(kind)
  })
  afterAll(async () => instance[Symbol.asyncDispose]())

  test('are created, read, changed and deleted', async () => {
    const { status, json, id, resource } = await createApi({ name: ' Notes ', unknown: true })
    expect([status, json]).toEqual([
      201,
      {
        id,
        name: 'Notes',
        resource,
        createdAt: expect.any(String),
        permissions: [],
        allowCimdClients: false,
        accessTokenFormat: 'jwt',
        accessTokenDurationMinutes: null,
        resourceServerClientIds: [],
      },
    ])
    expect((await instance.call('GET /api/apis/{id}', { params: { id } })).json).toEqual(json)
    const server = await createClient()
    const own = { accessTokenFormat: 'opaque', resourceServerClientIds: [server, 'nobody'] }
    const update = (body: Json) => instance.call('PUT /api/apis/{id}', { params: { id }, body })
    const changed = { ...json, name: 'Else', accessTokenFormat: 'opaque', resourceServerClientIds: [server] }
    expect((await update({ name: 'Else', resource: 'https://other.example', ...own })).json).toEqual(changed)
    expect((await update({ name: 'Else', unknown: true })).json).toEqual(changed)
    for (const accessTokenDurationMinutes of [5, null])
      expect((await update({ name: 'Else', accessTokenDurationMinutes })).json).toEqual({
        ...changed,
        accessTokenDurationMinutes,
      })
    const updates = findAuditEvents(instance, 'api_updated').filter(({ apiId }) => apiId === id)
    expect(updates).toMatchObject([
      { fields: ['name', 'accessTokenFormat', 'resourceServerClientIds'] },
      { fields: ['accessTokenDurationMinutes'] },
      { fields: ['accessTokenDurationMinutes'] },
    ])
    const response = await instance.call('DELETE /api/apis/{id}', { params: { id } })
    expect([response.status, response.response.text]).toEqual([204, ''])
    const missing = await instance.call('GET /api/apis/{id}', { params: { id } })
    expect([missing.status, missing.json]).toMatchObject([404, { code: 'not_found', details: { resource: 'API' } }])
    for (const event of ['api_created', 'api_removed'])
      expect(findAuditEvents(instance, event).at(-1)).toMatchObject({ apiId: id, by: expect.any(String) })
  })

  test.each<[Json, string, string]>([
    [{ name: '' }, 'name', 'required'],
    [{ resource: '/path' }, 'resource', 'invalid_format'],
    [{ accessTokenDurationMinutes: 0 }, 'accessTokenDurationMinutes', 'too_short'],
    [{ accessTokenFormat: 'paper' }, 'accessTokenFormat', 'oneof'],
  ])('reject %j', async (fields, field, code) => {
    const refused = await createApi(fields)
    expect([refused.status, refused.json.code, fieldsOf(refused)]).toEqual([400, 'validation_failed', [[field, code]]])
  })

  test('reject a URL that is in use', async () => {
    const { resource } = await createApi()
    const again = await createApi({ resource: `${resource}//` })
    expect([again.status, again.json]).toMatchObject([
      409,
      { code: 'already_in_use', details: { property: 'resource' } },
    ])
  })

  test('are listed in sorted, searchable pages', async () => {
    const mark = randomUUID().slice(0, 8)
    for (const name of ['B', 'A', 'C']) await createApi({ name: `${name} ${mark}` })
    const fetchPage = async (query: string) => {
      const { json } = await instance.call('GET /api/apis', { query: `?search=${mark}&${query}` })
      return [(json.data as readonly Json[]).map(({ name }) => String(name)[0]).join(''), json.pagination]
    }
    const pagination = { totalPages: 2, totalItems: 3, currentPage: 2, itemsPerPage: 2 }
    expect(await fetchPage('pagination[limit]=2&pagination[page]=5&sort[column]=name')).toEqual(['C', pagination])
    expect((await fetchPage('sort[column]=name&sort[direction]=desc'))[0]).toBe('CBA')
    expect((await fetchPage('sort[column]=audience'))[0]).toBe('BAC')
  })

  test('keep the ID of a permission while its key is unchanged', async () => {
    const { id, read } = await createApiWithPermissions()
    const { status, json } = await setPermissions(id, [
      { key: 'delete', name: 'Delete' },
      { key: 'read', name: 'See', description: '' },
    ])
    expect([status, json.permissions]).toEqual([
      200,
      [
        { id: expect.any(String), key: 'delete', name: 'Delete', allowedForCimdClients: false },
        { id: read, key: 'read', name: 'See', allowedForCimdClients: false },
      ],
    ])
    expect(findAuditEvents(instance, 'api_permissions_changed').at(-1)).toMatchObject({
      apiId: id,
      keys: ['delete', 'read'],
    })
  })

  test('reject invalid permissions by field', async () => {
    const { id } = await createApi()
    const refused = await setPermissions(id, [
      { key: 'read', name: 'x'.repeat(51) },
      { key: 'read', name: 'x', description: 'x'.repeat(201) },
    ])
    expect([refused.status, refused.json.code, fieldsOf(refused)]).toEqual([
      400,
      'validation_failed',
      [
        ['permissions[0].name', 'too_long'],
        ['permissions[1].key', 'duplicate'],
        ['permissions[1].description', 'too_long'],
      ],
    ])
    expect((await setPermissions(randomUUID(), [])).status).toBe(404)
  })

  test('can be opened to clients with a client ID metadata document', async () => {
    const { id, read } = await createApiWithPermissions()
    const setCimdAccess = (body: Json) => instance.call('PUT /api/apis/{id}/cimd-access', { params: { id }, body })
    const opened = await setCimdAccess({ enabled: true, permissionIds: [read, randomUUID()] })
    expect(opened.json).toMatchObject({
      allowCimdClients: true,
      permissions: [{ allowedForCimdClients: true }, { allowedForCimdClients: false }],
    })
    expect((await setCimdAccess({ enabled: false })).json).toMatchObject({
      allowCimdClients: false,
      permissions: [{ allowedForCimdClients: false }, { allowedForCimdClients: false }],
    })
    expect(findAuditEvents(instance, 'api_cimd_access_changed').filter(({ apiId }) => apiId === id)).toHaveLength(2)
  })

  test('grant access to clients, and a permission implies access to its API', async () => {
    const { id, read, write } = await createApiWithPermissions()
    const clientId = await createClient({ name: 'Zoë' })
    const params = { id, clientId }
    expect(await listGrantableIds('GET /api/apis/{id}/assignable-clients', { id })).toContain(clientId)
    expect(await listGrantableIds('GET /api/api-access/{clientId}/assignable-apis', { clientId })).toContain(id)

    const response = await setAccess(id, clientId, {
      userDelegatedPermissionIds: [read, randomUUID()],
      clientAccess: true,
    })
    const access = {
      userDelegatedAccess: true,
      clientAccess: true,
      userDelegatedPermissionIds: [read],
      clientPermissionIds: [],
    }
    expect([response.status, response.json]).toEqual([200, access])
    const { json } = await instance.call('GET /api/apis/{id}/clients', { params, query: '?search=zoË' })
    expect(json.data).toEqual([
      {
        client: {
          id: clientId,
          name: 'Zoë',
          clientType: 'standard',
          isPublic: false,
          hasLogo: false,
          hasDarkLogo: false,
        },
        ...access,
        cimdGrantedAccess: false,
        cimdGrantedPermissionIds: [],
      },
    ])
    const ofClient = await instance.call('GET /api/api-access/{clientId}/apis', { params })
    expect(ofClient.json).toMatchObject([{ api: { id }, ...access }])
    expect(await listGrantableIds('GET /api/apis/{id}/assignable-clients', { id })).not.toContain(clientId)
    expect(await listGrantableIds('GET /api/api-access/{clientId}/assignable-apis', { clientId })).not.toContain(id)
    expect(findAuditEvents(instance, 'api_access_changed').at(-1)).toMatchObject({ apiId: id, clientId })

    expect((await setAccess(id, clientId, { clientPermissionIds: [write] })).json).toEqual({
      ...nothing,
      clientAccess: true,
      clientPermissionIds: [write],
    })
    const remove = () => instance.call('DELETE /api/apis/{id}/clients/{clientId}', { params })
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204])
    expect(findAuditEvents(instance, 'api_access_removed').filter(({ apiId }) => apiId === id)).toHaveLength(1)
    expect((await instance.call('GET /api/api-access/{clientId}/apis', { params })).json).toEqual([])
  })

  test('return not found for access of unknown objects', async () => {
    const { id } = await createApi()
    const clientId = await createClient()
    const statusAndError = async (result: Promise<Answer>) => {
      const { status, json } = await result
      return [status, json.code, json.details]
    }
    const client = [404, 'not_found', { resource: 'OIDC client' }]
    const api = [404, 'not_found', { resource: 'API' }]
    expect(await statusAndError(setAccess(id, 'nobody', {}))).toEqual(client)
    expect(await statusAndError(setAccess(randomUUID(), clientId, {}))).toEqual(api)
    const params = { clientId: 'nobody' }
    expect(await statusAndError(instance.call('GET /api/api-access/{clientId}', { params }))).toEqual(client)
    expect(await statusAndError(instance.call('PUT /api/api-access/{clientId}', { params, body: {} }))).toEqual(client)
  })

  test('replace all access of a client at once, as older tools do', async () => {
    const [one, two] = [await createApiWithPermissions('One'), await createApiWithPermissions('Two')]
    const clientId = await createClient()
    await setAccess(two.id, clientId, { clientAccess: true, userDelegatedPermissionIds: [two.write] })
    const params = { clientId }
    const set = await instance.call('PUT /api/api-access/{clientId}', {
      params,
      body: { userDelegatedPermissionIds: [one.read, randomUUID()], clientPermissionIds: [one.write] },
    })
    const lists = { userDelegatedPermissionIds: [one.read], clientPermissionIds: [one.write] }
    expect([set.status, set.json]).toEqual([200, lists])
    expect((await instance.call('GET /api/api-access/{clientId}', { params })).json).toEqual(lists)
    const { json } = await instance.call('GET /api/api-access/{clientId}/apis', { params })
    expect(json).toMatchObject([
      { api: { id: one.id }, userDelegatedAccess: true, clientAccess: true },
      { api: { id: two.id }, ...nothing, clientAccess: true },
    ])
  })
})
