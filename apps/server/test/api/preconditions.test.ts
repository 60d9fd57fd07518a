import { describe, expect, test } from '@jest/globals'
import { databaseKinds, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { createPerson } from './people.ts'

const callbackURLs = ['https://app.example/cb']

function newUserFields() {
  const username = `changed-${crypto.randomUUID().slice(0, 8)}`
  return { username, email: `${username}@example.com` }
}

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind))

  async function send(method: string, path: string, body?: unknown, ifMatch?: string) {
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch }
    const options = { ...(body !== undefined && { body }), options: { headers } }
    const response = await instance.administrator.sendJson(method, instance.url + path, options)
    const json = response.text === '' ? {} : response.json()
    return { status: response.status, etag: response.headers.get('etag') ?? '', json: Object(json) }
  }

  /** An object, its URL, and two changes that differ. */
  const records: readonly (readonly [
    name: string,
    make: () => Promise<string>,
    write: string,
    body: (n: number) => unknown,
  ])[] = [
    [
      'a user',
      async () => `/api/users/${(await createPerson(instance)).id}`,
      '',
      (n) => ({ ...newUserFields(), firstName: `${n}` }),
    ],
    [
      'the claims of a user',
      async () => `/api/users/${(await createPerson(instance)).id}`,
      '/api/custom-claims/user',
      (n) => [{ key: 'team', value: `${n}` }],
    ],
    [
      'a group',
      async () => `/api/user-groups/${await createGroup()}`,
      '',
      (n) => ({ name: `n${crypto.randomUUID()}`, friendlyName: `Friendly ${n}` }),
    ],
    [
      'the claims of a group',
      async () => `/api/user-groups/${await createGroup()}`,
      '/api/custom-claims/user-group',
      (n) => [{ key: 'team', value: `${n}` }],
    ],
    [
      'an API',
      async () => {
        const body = { name: 'API', resource: `https://${crypto.randomUUID()}.example` }
        return `/api/apis/${(await instance.call('POST /api/apis', { body })).json.id}`
      },
      '',
      (n) => ({ name: `API ${n}` }),
    ],
    ['a client', async () => `/api/oidc/clients/${await createClient()}`, '', (n) => ({ name: `C${n}`, callbackURLs })],
  ]

  async function createGroup(): Promise<string> {
    const body = { name: crypto.randomUUID(), friendlyName: 'Group' }
    return String((await instance.call('POST /api/user-groups', { body })).json.id)
  }

  async function createClient(): Promise<string> {
    return String((await instance.call('POST /api/oidc/clients', { body: { name: 'Client', callbackURLs } })).json.id)
  }

  test.each(records)('changes %s only if it is as it was read', async (_, make, elsewhere, body) => {
    const path = await make()
    const write = elsewhere === '' ? path : `${elsewhere}/${path.split('/').at(-1)}`
    const { etag } = await send('GET', path)
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/)
    expect((await send('PUT', write, body(1), etag)).status).toBe(200)
    const refused = await send('PUT', write, body(2), etag)
    expect([refused.status, refused.json.code]).toEqual([412, 'precondition_failed'])
    const now = await send('GET', path)
    expect(now.etag).not.toBe(etag)
    // One of several ETags, the wildcard, and no condition.
    for (const [n, condition] of [`"other", ${now.etag}`, '*', undefined].entries())
      expect((await send('PUT', write, body(n + 3), condition)).status).toBe(200)
    expect((await send('DELETE', path, undefined, etag)).status).toBe(412)
    expect((await send('DELETE', path, undefined, (await send('GET', path)).etag)).status).toBe(204)
  })

  /** A relation of two objects and its value; each change differs from the previous one. */
  const relations: readonly (readonly [name: string, make: () => Promise<Relation>])[] = [
    [
      'the clients that a group may use',
      async () => {
        const path = `/api/user-groups/${await createGroup()}`
        const ids = await Promise.all([createClient(), createClient()])
        return {
          path,
          write: `${path}/allowed-oidc-clients`,
          body: (n) => ({ oidcClientIds: [ids[n % 2]] }),
          rename: [path, { name: crypto.randomUUID(), friendlyName: 'Renamed' }],
        }
      },
    ],
    [
      'the access of a client to an API',
      async () => {
        const { id, read, write } = await createApi()
        return {
          path: `/api/apis/${id}/clients/${await createClient()}`,
          body: (n) => ({ userDelegatedPermissionIds: n % 2 ? [read] : [read, write] }),
        }
      },
    ],
    [
      'the access of a client to all APIs',
      async () => {
        const { id, read, write } = await createApi()
        const clientId = await createClient()
        return {
          path: `/api/api-access/${clientId}`,
          body: (n) => ({ userDelegatedPermissionIds: n % 2 ? [read] : [read, write], clientPermissionIds: [] }),
          // The other route to the same grant.
          rename: [`/api/apis/${id}/clients/${clientId}`, { clientAccess: true }],
        }
      },
    ],
    [
      'the expiry of a membership',
      async () => {
        const [groupId, { id: userId }] = [await createGroup(), await createPerson(instance)]
        await instance.call('PUT /api/user-groups/{id}/users', { params: { id: groupId }, body: { userIds: [userId] } })
        return {
          path: `/api/user-groups/${groupId}/members/${userId}`,
          method: 'PATCH',
          body: (n) => ({ endsAt: `210${n}-01-01T00:00:00.000Z` }),
        }
      },
    ],
  ]

  interface Relation {
    readonly path: string
    /** The URL for writes, if it differs. */
    readonly write?: string
    readonly method?: string
    readonly body: (n: number) => unknown
    /** Another write that changes the value that was read. */
    readonly rename?: readonly [path: string, body: unknown]
  }

  async function createApi() {
    const body = { name: 'API', resource: `https://${crypto.randomUUID()}.example` }
    const id = String((await instance.call('POST /api/apis', { body })).json.id)
    const permissions = ['read', 'write'].map((key) => ({ key, name: key }))
    const { json } = await instance.call('PUT /api/apis/{id}/permissions', { params: { id }, body: { permissions } })
    const [read, write] = (json.permissions as readonly { readonly id: string }[]).map((permission) => permission.id)
    return { id, read, write }
  }

  test.each(relations)('%s: rejects the second of two administrators who read the same state', async (_, make) => {
    const { path, write = path, method = 'PUT', body, rename } = await make()
    const { etag } = await send('GET', path)
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/)
    const first = await send(method, write, body(1), etag)
    expect([first.status, first.etag]).toEqual([200, (await send('GET', path)).etag])
    const refused = await send(method, write, body(2), etag)
    expect([refused.status, refused.json.code]).toEqual([412, 'precondition_failed'])
    expect((await send('GET', path)).etag).toBe(first.etag)
    const atOnce = [2, 4].map(async (n) => (await send(method, write, body(n), first.etag)).status)
    expect((await Promise.all(atOnce)).toSorted()).toEqual([200, 412])
    for (const condition of ['*', undefined]) expect((await send(method, write, body(1), condition)).status).toBe(200)
    if (rename) {
      const before = (await send('GET', path)).etag
      expect((await send('PUT', ...rename)).status).toBe(200)
      expect((await send(method, write, body(2), before)).status).toBe(412)
    }
  })

  test('does not revoke access that changed since it was read', async () => {
    const { id, read } = await createApi()
    const path = `/api/apis/${id}/clients/${await createClient()}`
    const none = await send('GET', path)
    expect(none.json).toMatchObject({ userDelegatedAccess: false, clientAccess: false })
    const { etag } = await send('PUT', path, { userDelegatedPermissionIds: [read] }, none.etag)
    expect((await send('DELETE', path, undefined, none.etag)).status).toBe(412)
    expect((await send('DELETE', path, undefined, etag)).status).toBe(204)
    expect((await send('GET', path)).etag).toBe(none.etag)
  })

  test('accepts one of several concurrent changes of the same state', async () => {
    const { id } = await createPerson(instance)
    const path = `/api/users/${id}`
    const { etag } = await send('GET', path)
    const bodies = ['a', 'b', 'c', 'd'].map((firstName) => ({ ...newUserFields(), firstName }))
    const statuses = await Promise.all(bodies.map(async (body) => (await send('PUT', path, body, etag)).status))
    expect(statuses.toSorted()).toEqual([200, 412, 412, 412])
    const clientPath = `/api/oidc/clients/${await createClient()}`
    const { etag: read } = await send('GET', clientPath)
    const names = ['a', 'b', 'c', 'd'].map((name) => ({ name, callbackURLs }))
    const results = await Promise.all(names.map(async (body) => (await send('PUT', clientPath, body, read)).status))
    expect(results.toSorted()).toEqual([200, 412, 412, 412])
  })

  test('rejects a precondition that an operation does not support, and changes nothing', async () => {
    const { id } = await createPerson(instance)
    for (const [method, path, body] of [
      ['POST', '/api/user-groups', { name: 'conditional', friendlyName: 'Group' }],
      ['POST', `/api/users/${id}/one-time-access-token`, {}],
    ] as const) {
      const { status, json } = await send(method, path, body, 'W/"read"')
      expect([path, status, json.code]).toEqual([path, 412, 'precondition_failed'])
    }
    expect((await instance.call('GET /api/user-groups', { query: '?search=conditional' })).json.data).toEqual([])
    const otherAgent = await instance.agent().sendJson('POST', `${instance.url}/api/user-groups`, {
      body: {},
      options: { headers: { 'if-match': 'W/"read"' } },
    })
    expect(otherAgent.status).toBe(401)
  })

  test('always returns data that is shown next to a record', async () => {
    const { id } = await createPerson(instance)
    const groupId = await createGroup()
    const params = { id }
    await instance.call('PUT /api/users/{id}/user-groups', { params, body: { userGroupIds: [groupId] } })
    const { etag } = await send('GET', `/api/users/${id}`)
    const name = crypto.randomUUID()
    const renamed = { params: { id: groupId }, body: { name, friendlyName: 'Group' } }
    await instance.call('PUT /api/user-groups/{id}', renamed)
    const options = { headers: { 'if-none-match': etag } }
    const again = await instance.administrator.getJson(`${instance.url}/api/users/${id}`, options)
    expect([again.status, again.text]).toEqual([200, expect.stringContaining(name)])
  })

  test('changes settings only if they are as they were read', async () => {
    const own = await send('GET', '/api/settings')
    expect((await send('PATCH', '/api/settings', { auditLogRetentionDays: 5 }, own.etag)).status).toBe(200)
    expect((await send('PATCH', '/api/settings', { auditLogRetentionDays: 6 }, own.etag)).status).toBe(412)
    const path = '/api/application-configuration'
    const { etag, json } = await send('GET', `${path}/all`)
    const values = Object.fromEntries(json.map(({ key, value }: Record<'key' | 'value', string>) => [key, value]))
    expect((await send('PUT', path, { ...values, appName: 'One' }, etag)).status).toBe(200)
    expect((await send('PUT', path, { ...values, appName: 'Two' }, etag)).status).toBe(412)
    expect((await send('GET', `${path}/all`)).json).toContainEqual(expect.objectContaining({ value: 'One' }))
  })
})
