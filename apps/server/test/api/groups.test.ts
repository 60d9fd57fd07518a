import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds } from '@pocket/test-support'
import { type Answer, type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'

let instance: CalledInstance
let count = 0

function freshName(): string {
  count += 1
  return `group${count}`
}

async function create(fields: Readonly<Record<string, unknown>> = {}): Promise<Answer & { readonly id: string }> {
  const body = { name: freshName(), friendlyName: 'Friends', ...fields }
  const response = await instance.call('POST /api/user-groups', { body })
  return { ...response, id: String(response.json.id) }
}

function read(id: string): Promise<Answer> {
  return instance.call('GET /api/user-groups/{id}', { params: { id } })
}

async function createUser(): Promise<Readonly<Record<string, unknown>>> {
  const username = freshName()
  return (await instance.call('POST /api/users', { body: { username, email: `${username}@example.com` } })).json
}

describe.each(databaseKinds)('groups on %s', (kind) => {
  beforeAll(async () => {
    instance = await startCalledInstance(kind)
  })

  afterAll(async () => instance[Symbol.asyncDispose]())

  test('are created, read, changed and deleted', async () => {
    const body = { name: 'sta\u0308ff', friendlyName: '👩‍👩‍👧', users: ['unknown fields are ignored'] }
    const expected = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'stäff',
      friendlyName: '👩‍👩‍👧',
      requiresTwoPasskeys: false,
      customClaims: [],
      ldapId: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      users: [],
      allowedOidcClients: [],
    }
    const created = await create(body)
    const { id } = created
    expect([created.status, created.json]).toEqual([201, expected])
    expect((await read(id)).json).toEqual(created.json)
    const change = { name: 'STÄFF', friendlyName: 'Renamed' }
    const changed = await instance.call('PUT /api/user-groups/{id}', { params: { id }, body: change })
    expect([changed.status, changed.json]).toEqual([200, { ...created.json, ...change }])
    const strict = { ...change, requiresTwoPasskeys: true }
    for (const sent of [strict, change]) {
      const response = await instance.call('PUT /api/user-groups/{id}', { params: { id }, body: sent })
      expect(response.json).toEqual({ ...created.json, ...strict })
    }
    const result = await instance.call('DELETE /api/user-groups/{id}', { params: { id } })
    expect([result.status, result.response.text]).toEqual([204, ''])
    const missing = await read(id)
    expect([missing.status, missing.json]).toEqual([
      404,
      expect.objectContaining({ code: 'not_found', details: { resource: 'User group' } }),
    ])
    for (const event of ['group_created', 'group_updated', 'group_removed'])
      expect(findAuditEvents(instance, event).at(-1)).toMatchObject({ groupId: id, by: expect.any(String) })
    expect(findAuditEvents(instance, 'group_updated').map(({ fields }) => fields)).toEqual([
      ['name', 'friendlyName'],
      ['requiresTwoPasskeys'],
    ])
  })

  test('have members and claims', async () => {
    const [{ id }, ann, bob] = [await create(), await createUser(), await createUser()]
    const setMembers = (userIds: readonly unknown[]) =>
      instance.call('PUT /api/user-groups/{id}/users', { params: { id }, body: { userIds } })
    const joined = await setMembers([bob.id, ann.id, randomUUID(), 'nonsense'])
    expect(joined.status).toBe(200)
    const inGroup = [expect.objectContaining({ id })]
    expect(joined.json.users).toEqual([
      { ...ann, userGroups: inGroup },
      { ...bob, userGroups: inGroup },
    ])
    expect((await setMembers([bob.id])).json.users).toEqual([{ ...bob, userGroups: inGroup }])
    expect(findAuditEvents(instance, 'group_members_changed').at(-1)).toMatchObject({ added: [], removed: [ann.id] })

    const claims = [{ key: 'room', value: 'Küche' }]
    const params = { userGroupId: id }
    const set = await instance.call('PUT /api/custom-claims/user-group/{userGroupId}', { params, body: claims })
    expect([set.status, set.json]).toEqual([200, claims])
    expect((await read(id)).json.customClaims).toEqual(claims)
    const user = await instance.call('GET /api/users/{id}', { params: { id: String(bob.id) } })
    expect(user.json.userGroups).toMatchObject([{ id, customClaims: claims }])
    expect(findAuditEvents(instance, 'group_claims_changed').at(-1)).toMatchObject({ groupId: id, keys: ['room'] })
  })

  test('are listed with their member count', async () => {
    const ids: string[] = []
    for (const name of ['list_a', 'LIST%b', 'listc']) ids.push((await create({ name })).id)
    const userIds = [(await createUser()).id, (await createUser()).id]
    await instance.call('PUT /api/user-groups/{id}/users', { params: { id: ids[1] ?? '' }, body: { userIds } })
    const query = new URLSearchParams({ search: 'LIST', 'sort[column]': 'userCount', 'sort[direction]': 'desc' })
    const { status, json } = await instance.call('GET /api/user-groups', { query: `?${query}&limit=2` })
    expect([status, json]).toEqual([
      200,
      {
        data: [
          expect.objectContaining({ id: ids[1], userCount: 2, customClaims: [], ldapId: null }),
          expect.objectContaining({ userCount: 0 }),
        ],
        pagination: { totalPages: 2, totalItems: 3, currentPage: 1, itemsPerPage: 2 },
      },
    ])
  })

  test('are removed from clients and tokens after deletion', async () => {
    const { id } = await create()
    const client = await instance.call('POST /api/oidc/clients', { body: { name: 'Wiki', isGroupRestricted: true } })
    expect(client.status).toBe(201)
    const clientId = String(client.json.id)
    await instance.call('PUT /api/oidc/clients/{id}/allowed-user-groups', {
      params: { id: clientId },
      body: { userGroupIds: [id] },
    })
    expect((await read(id)).json.allowedOidcClients).toEqual([expect.objectContaining({ id: clientId, name: 'Wiki' })])
    await instance.call('DELETE /api/user-groups/{id}', { params: { id } })
    const left = await instance.call('GET /api/oidc/clients/{id}', { params: { id: clientId } })
    expect(left.json.allowedUserGroups).toEqual([])
    expect(await instance.app.pocket.clients.allowedTo(id)).toEqual([])
  })
})
