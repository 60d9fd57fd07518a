import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { type CalledInstance, startCalledInstance } from '../api/calls.ts'
import { changeSettings } from '../api/setting-calls.ts'
import { createFolder } from '../database/folder.ts'

const stack = new AsyncDisposableStack()
let instance: CalledInstance
let changeCount: () => number
let database: Database.Database

beforeAll(async () => {
  const folder = stack.use(await createFolder())
  const path = join(folder.path, 'pocket-id.db')
  instance = stack.use(await startCalledInstance('SQLite', { DB_CONNECTION_STRING: path }))
  database = stack.adopt(new Database(path, { readonly: true }), (each) => void each.close())
  const count = database.prepare('SELECT COUNT(*) AS number FROM pocket_scim_change')
  changeCount = () => Number(Object.values(count.get() as object)[0])
})

afterAll(async () => stack.disposeAsync())

test('every change of users, groups and client access is recorded before the response', async () => {
  const { app } = instance
  const fields = {
    email: 'bob@example.com',
    firstName: 'A',
    lastName: '',
    displayName: 'A',
    isAdmin: false,
    disabled: false,
  }
  const { id: clientId } = await app.pocket.clients.create({ name: 'Photos', redirectUris: [] })
  await instance.call('POST /api/users', { body: { ...fields, username: 'before', email: 'before@example.com' } })
  // Without a provider, no job would read a recorded change.
  expect(changeCount()).toBe(0)
  const endpoint = 'https://127.0.0.1:1/scim'
  await instance.call('POST /api/scim/service-provider', { body: { endpoint, oidcClientId: clientId } })

  let id = ''
  let groupId = ''
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'a new user',
      async () => {
        id = String((await instance.call('POST /api/users', { body: { ...fields, username: 'bob' } })).json.id)
      },
    ],
    ['a name', () => instance.call('PUT /api/users/{id}', { params: { id }, body: { ...fields, username: 'bobby' } })],
    [
      'a disabled user',
      () =>
        instance.call('PUT /api/users/{id}', {
          params: { id },
          body: { ...fields, username: 'bobby', disabled: true },
        }),
    ],
    [
      'a group',
      async () => {
        const body = { name: 'staff', friendlyName: 'Staff' }
        groupId = String((await instance.call('POST /api/user-groups', { body })).json.id)
      },
    ],
    [
      'its members',
      () => instance.call('PUT /api/user-groups/{id}/users', { params: { id: groupId }, body: { userIds: [id] } }),
    ],
    [
      'the groups of a client',
      () => {
        const body = { userGroupIds: [groupId] }
        return instance.call('PUT /api/oidc/clients/{id}/allowed-user-groups', { params: { id: clientId }, body })
      },
    ],
    ['no group', () => instance.call('DELETE /api/user-groups/{id}', { params: { id: groupId } })],
    ['no user', () => instance.call('DELETE /api/users/{id}', { params: { id } })],
    [
      'a user who signs up',
      async () => {
        await changeSettings(instance, { allowUserSignups: 'withToken' })
        const { json } = await instance.call('POST /api/signup-tokens', { body: { ttl: '1h', usageLimit: 1 } })
        const body = { username: 'eve', firstName: 'Eve', lastName: '', email: 'eve@example.com', token: json.token }
        await instance.call('POST /api/signup', { body, agent: instance.agent() })
      },
    ],
  ]
  for (const [what, step] of steps) {
    const before = changeCount()
    await step()
    expect([what, changeCount() > before]).toEqual([what, true])
  }
  const before = changeCount()
  await instance.call('GET /api/users')
  expect(changeCount()).toBe(before)
})

test('a token is stored encrypted', async () => {
  const { id } = await instance.app.pocket.clients.create({ name: 'Files', redirectUris: [] })
  const body = { endpoint: 'https://127.0.0.1:1/scim', token: 'a-token-to-hide', oidcClientId: id }
  expect((await instance.call('POST /api/scim/service-provider', { body })).status).toBe(201)
  const stored = JSON.stringify(database.prepare('SELECT * FROM pocket_scim_provider WHERE client_id = ?').get(id))
  expect(stored).toContain('"token":"v1.')
  expect(stored).not.toContain('a-token-to-hide')
})
