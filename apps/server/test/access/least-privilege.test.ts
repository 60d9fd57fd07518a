import { describe, expect, test } from '@jest/globals'
import type { UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from '../api/calls.ts'
import { createPerson, freshName } from '../api/people.ts'
import { completeSettings } from '../api/setting-calls.ts'

const callback = 'https://app.example/callback'

const instance = shareBetweenTests(() =>
  startCalledInstance('SQLite', { EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'true' }),
)

async function createClient(): Promise<string> {
  const body = { name: 'App', callbackURLs: [callback] }
  return String((await instance.call('POST /api/oidc/clients', { body })).json.id)
}

/** Sends requests with a new API key of the administrator that has these scopes. */
async function createKeyToken(...scopes: readonly string[]) {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const created = await instance.call('POST /api/api-keys', { body: { name: freshName(), expiresAt, scopes } })
  const headers = { 'x-api-key': String(created.json.token) }
  return (call: string, body?: unknown) => {
    const [method = '', path = ''] = call.split(' ')
    return instance.agent().sendJson(method, instance.url + path, { body, options: { headers } })
  }
}

function refusal({ status, text }: UserAgentResponse): readonly unknown[] {
  return [status, (JSON.parse(text) as { code?: string }).code]
}

describe('an API key with `read:clients` and `write:clients`', () => {
  test('also needs `read:users` to see or change the names of users at a client', async () => {
    const id = await createClient()
    const body = { name: 'App', callbackURLs: [callback] }
    const named = { ...body, protocol: { userNames: { [crypto.randomUUID()]: 'ada' } } }
    const [clients, both] = [
      await createKeyToken('read:clients', 'write:clients'),
      await createKeyToken('read:clients', 'write:clients', 'read:users'),
    ]
    const path = `/api/oidc/clients/${id}`
    const namesIn = ({ text }: UserAgentResponse) => (JSON.parse(text) as typeof named).protocol.userNames
    expect(refusal(await clients(`PUT ${path}`, named))).toEqual([403, 'forbidden'])
    expect(refusal(await clients('POST /api/oidc/clients', named))).toEqual([403, 'forbidden'])
    expect(namesIn(await both(`PUT ${path}`, named))).toEqual(named.protocol.userNames)
    // A change without the names keeps them, and does not show them.
    expect(namesIn(await clients(`PUT ${path}`, body))).toBeUndefined()
    expect(namesIn(await clients(`GET ${path}`))).toBeUndefined()
    expect((await clients('GET /api/oidc/clients')).text).not.toContain('userNames')
    expect(namesIn(await both(`GET ${path}`))).toEqual(named.protocol.userNames)
  })
})

describe('an API key for groups only, or for clients and users only', () => {
  test('cannot change which groups have users or use clients', async () => {
    const clientId = await createClient()
    const { id: userId } = await createPerson(instance)
    const group = await instance.call('POST /api/user-groups', {
      body: { name: freshName(), friendlyName: 'Group' },
    })
    const groupId = String(group.json.id)
    const client = { name: 'App', callbackURLs: [callback], allowedUserGroupIds: [groupId] }
    const others = ['read:users', 'read:groups', 'write:users', 'write:clients']
    const withoutGroups = await createKeyToken(...others)
    const withoutClients = await createKeyToken('read:users', 'read:clients', 'read:groups', 'write:groups')
    const all = await createKeyToken(...others, 'write:groups')
    const assignments: readonly (readonly [string, object])[] = [
      ['POST /api/oidc/clients', client],
      [`PUT /api/oidc/clients/${clientId}`, client],
      [`PUT /api/oidc/clients/${clientId}/allowed-user-groups`, { userGroupIds: [groupId] }],
      [`PUT /api/users/${userId}/user-groups`, { userGroupIds: [groupId] }],
      ['POST /api/users', { username: freshName(), email: `${freshName()}@example.com`, userGroupIds: [groupId] }],
      ['POST /api/signup-tokens', { usageLimit: 1, userGroupIds: [groupId] }],
    ]
    for (const [call, body] of assignments)
      expect([call, ...refusal(await withoutGroups(call, body))]).toEqual([call, 403, 'forbidden'])
    const allowed = `PUT /api/user-groups/${groupId}/allowed-oidc-clients`
    expect(refusal(await withoutClients(allowed, { oidcClientIds: [clientId] }))).toEqual([403, 'forbidden'])
    for (const [call, body] of [...assignments, [allowed, { oidcClientIds: [clientId] }] as const])
      expect([call, (await all(call, body)).status < 300]).toEqual([call, true])

    const plain = { name: 'App', callbackURLs: [callback] }
    expect((await withoutGroups(`PUT /api/oidc/clients/${clientId}`, plain)).status).toBe(200)
  })
})

describe('an API key without scopes and without the permission to read secrets', () => {
  /** A key of the administrator without scopes. */
  async function createKey(fields: object) {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const { json } = await instance.call('POST /api/api-keys', { body: { name: freshName(), expiresAt, ...fields } })
    const headers = { 'x-api-key': String(json.token) }
    return (call: string, body: unknown) => {
      const [method = '', path = ''] = call.split(' ')
      return instance.agent().sendJson(method, instance.url + path, { body, options: { headers } })
    }
  }
  const fieldsOf = (json: Readonly<Record<string, unknown>>, changes: object) => ({
    ...{ username: json.username, email: json.email, firstName: json.firstName, isAdmin: json.isAdmin },
    ...changes,
  })
  const freshEmail = () => `${freshName()}@example.com`

  test.each<[string, boolean, (id: string, json: Readonly<Record<string, unknown>>) => readonly [string, unknown]]>([
    [
      'create an administrator',
      false,
      () => ['POST /api/users', { username: freshName(), email: freshEmail(), isAdmin: true }],
    ],
    ['promote a user', false, (id, json) => [`PUT /api/users/${id}`, fieldsOf(json, { isAdmin: true })]],
    ['link a user to an LDAP entry', false, (id) => [`PUT /api/users/${id}/ldap-link`, { entry: 'cn=ada' }]],
    ['create a login code of an administrator', true, (id) => [`POST /api/users/${id}/one-time-access-token`, {}]],
    ['invite an administrator', true, (id) => [`POST /api/users/${id}/invitation`, {}]],
    [
      'change the e-mail address of an administrator',
      true,
      (id, json) => [`PUT /api/users/${id}`, fieldsOf(json, { email: freshEmail() })],
    ],
    [
      'change the mail server',
      false,
      () => [
        'PUT /api/application-configuration',
        completeSettings({ smtpHost: `${freshName()}.example.com`, emailOneTimeAccessAsAdminEnabled: 'true' }),
      ],
    ],
    ['change the LDAP server', false, () => ['PATCH /api/settings', { ldapStartTls: true }]],
  ])('cannot %s', async (_what, isAdmin, requestOf) => {
    const { id, json } = await createPerson(instance, { isAdmin })
    const [call, body] = requestOf(id, json)
    const other = await createKey({})
    expect(refusal(await other(call, body))).toEqual([403, 'forbidden'])
    const reading = await createKey({ canReadSecrets: true })
    expect((await reading(call, body)).status).not.toBe(403)
  })

  test('cannot change the e-mail address of its owner, who is an administrator', async () => {
    const { json } = await instance.call('GET /api/users/me')
    const other = await createKey({})
    expect(refusal(await other('PUT /api/users/me', { ...json, email: freshEmail() }))).toEqual([403, 'forbidden'])
    expect((await other('PUT /api/users/me', { ...json, locale: 'de' })).status).toBe(200)
  })

  test('can still manage users and administrators', async () => {
    const administrator = await createPerson(instance, { isAdmin: true })
    const other = await createKey({})
    const created = await other('POST /api/users', { username: freshName(), email: freshEmail() })
    const { id } = created.json() as { readonly id: string }
    const statuses = [
      created,
      await other(`POST /api/users/${id}/one-time-access-token`, {}),
      await other(`PUT /api/users/${administrator.id}`, fieldsOf(administrator.json, { firstName: 'Grace' })),
      await other(`DELETE /api/users/${administrator.id}`, undefined),
    ].map(({ status }) => status)
    expect(statuses).toEqual([201, 201, 200, 204])
  })
})
