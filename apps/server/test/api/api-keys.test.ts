import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { UserAgent, UserAgentResponse } from '@pocket/core/testing'
import { databaseKinds, eventually, shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'

const day = 86_400_000
const staticKey = 'a key of the environment'
const someId = '5f0c2a53-2a3e-4c8e-9a62-0a54f1b6f9d1'

interface CreatedApiKey {
  readonly apiKey: { readonly id: string; readonly name: string; readonly lastUsedAt: string | null }
  readonly token: string
}

describe.each(databaseKinds)('%s', (kind) => {
  const instance = shareBetweenTests(() => startCalledInstance(kind, { STATIC_API_KEY: staticKey }))
  let keysAt: string

  beforeAll(() => {
    keysAt = `${instance.url}/api/api-keys`
  })

  afterEach(() => void jest.restoreAllMocks())

  async function createKey(agent: UserAgent, fields: Readonly<Record<string, unknown>> = {}): Promise<CreatedApiKey> {
    const response = await agent.postJson(keysAt, { name: 'Terraform', expiresAt: inDays(30), ...fields })
    expect([response.status, response.text]).toEqual([201, expect.any(String)])
    return response.json() as CreatedApiKey
  }

  /** An API call without cookies, as a program sends it. */
  function callWithKey(token: string, call: string, body?: unknown): Promise<UserAgentResponse> {
    const [method = '', path = ''] = call.split(' ')
    const options = { headers: { 'x-api-key': token } }
    return instance.agent().sendJson(method, instance.url + path, { options, body })
  }

  async function listKeys(agent: UserAgent, query = ''): Promise<readonly CreatedApiKey['apiKey'][]> {
    const { data } = (await agent.getJson(keysAt + query)).json() as {
      readonly data: readonly CreatedApiKey['apiKey'][]
    }
    return data
  }

  test('creates a key that works, lists it without its token, and deletes it', async () => {
    const { agent } = await instance.person('main')
    const expiresAt = inDays(30)
    const created = await agent.postJson(keysAt, { name: 'Cafe\u0301', description: 'for tests', expiresAt })
    const apiKey = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Caf\u00e9',
      description: 'for tests',
      expiresAt,
      lastUsedAt: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      expirationEmailSent: false,
      canReadSecrets: false,
    }
    const token: unknown = expect.stringMatching(/^pak_[A-Za-z0-9_-]{43}$/)
    expect([created.status, created.json()]).toEqual([201, { apiKey, token }])
    const list = await agent.getJson(keysAt)
    expect(list.json()).toEqual({
      data: [apiKey],
      pagination: { totalPages: 1, totalItems: 1, currentPage: 1, itemsPerPage: 20 },
    })

    const minted = created.json() as CreatedApiKey
    expect((await callWithKey(minted.token, 'GET /api/version/current')).status).toBe(200)
    expect(list.text + instance.log.join()).not.toContain(minted.token)
    expect((await callWithKey(minted.token, `DELETE /api/api-keys/${minted.apiKey.id}`)).status).toBe(204)
    expect(refusal(await callWithKey(minted.token, 'GET /api/version/current'))).toEqual([401, 'not_signed_in'])
    expect(await listKeys(agent)).toEqual([])
    for (const event of ['api_key_created', 'api_key_removed'])
      expect(instance.log.join()).toContain(`"audit":"${event}"`)
  })

  test('records the last use of a key', async () => {
    const { agent } = await instance.person('used')
    const { token } = await createKey(agent)
    const before = Date.now()
    expect((await callWithKey(token, 'GET /api/version/current')).status).toBe(200)
    // The update runs concurrently with the response, so it can finish later.
    const usedAt = await eventually(async () => {
      const [used] = await listKeys(agent)
      expect(used?.lastUsedAt).toEqual(expect.any(String))
      return Date.parse(used?.lastUsedAt ?? '')
    })
    expect(usedAt).toBeGreaterThanOrEqual(before)
    expect(usedAt).toBeLessThanOrEqual(Date.now())
  })

  test('sorts and paginates the list', async () => {
    const { agent } = await instance.person('sorting')
    await createKey(agent, { name: 'beta', expiresAt: inDays(3) })
    await createKey(agent, { name: 'Alpha', expiresAt: inDays(2) })
    await createKey(agent, { name: 'gamma', expiresAt: inDays(1) })
    const names = async (query: string) => (await listKeys(agent, query)).map(({ name }) => name)
    expect(await names('?sort[column]=name&sort[direction]=asc')).toEqual(['Alpha', 'beta', 'gamma'])
    expect(await names('?sort[column]=expiresAt&sort[direction]=desc')).toEqual(['beta', 'Alpha', 'gamma'])
    expect(await names('?sort[column]=lastUsedAt')).toEqual(await names(''))
    expect(await names('?sort[column]=token_hash;drop')).toEqual(await names(''))
    expect(await names('?pagination[page]=2&pagination[limit]=2&sort[column]=name')).toEqual(['gamma'])
    expect(await names('?pagination[page]=9&pagination[limit]=2&sort[column]=name')).toEqual(['gamma'])
  })

  test('hides the keys of other users', async () => {
    const { apiKey } = await createKey(instance.administrator)
    const { agent } = await instance.person('other')
    expect(await listKeys(agent)).toEqual([])
    for (const id of [apiKey.id, someId, 'x', '%00', '%FF', 'a'.repeat(5000)]) {
      expect((await agent.sendJson('DELETE', `${keysAt}/${id}`)).status).toBe(404)
      expect((await agent.postJson(`${keysAt}/${id}/renew`, { expiresAt: inDays(1) })).status).toBe(404)
    }
    expect(refusal(await agent.sendJson('DELETE', `${keysAt}/${apiKey.id}`))).toEqual([404, 'api_key_not_found'])
    expect(await listKeys(instance.administrator)).toContainEqual(apiKey)
  })

  test('renews a key after it expired', async () => {
    let now = Date.now()
    jest.spyOn(Date, 'now').mockImplementation(() => now)
    const { agent, id } = await instance.person('renewing')
    const valid = await createKey(agent)
    const early = await agent.postJson(`${keysAt}/${valid.apiKey.id}/renew`, { expiresAt: inDays(9) })
    expect(refusal(early)).toEqual([409, 'api_key_not_expired'])

    const end = now + 30_000
    const { apiKey, token } = await createKey(agent, {
      expiresAt: new Date(end).toISOString(),
      scopes: ['read:settings'],
    })
    const renew = (expiresAt: string) => agent.postJson(`${keysAt}/${apiKey.id}/renew`, { expiresAt })
    let response = await callWithKey(token, 'GET /api/version/current')
    expect(response.status).toBe(200)
    now = end
    response = await callWithKey(token, 'GET /api/version/current')
    expect(refusal(response)).toEqual([401, 'not_signed_in'])
    expect(refusal(await renew(inDays(-1)))).toEqual([400, 'invalid_api_key_expiration'])
    const expiresAt = inDays(9)
    response = await renew(expiresAt)
    const renewed = response.json() as CreatedApiKey
    expect([response.status, renewed.apiKey]).toEqual([
      200,
      { ...apiKey, expiresAt, lastUsedAt: renewed.apiKey.lastUsedAt, scopes: ['read:settings'] },
    ])
    expect((await callWithKey(renewed.token, 'DELETE /api/sessions')).status).toBe(403)
    expect((await callWithKey(renewed.token, 'GET /api/version/current')).status).toBe(200)
    expect(refusal(await callWithKey(token, 'GET /api/version/current'))).toEqual([401, 'not_signed_in'])
    expect(instance.log.join()).toMatch(new RegExp(`"audit":"api_key_renewed","accountId":"${id}"`))
  })

  test('does not let a limited key provision users it cannot read to its own server', async () => {
    const { administrator, app } = instance
    const { id: oidcClientId } = await app.pocket.clients.create({ name: 'Told', redirectUris: [] })
    const body = { endpoint: 'https://scim.example.net', token: '', oidcClientId }
    const scopes = ['write:clients', 'read:users', 'read:groups']
    const allowed = await createKey(administrator, { scopes })
    const created = await callWithKey(allowed.token, 'POST /api/scim/service-provider', body)
    const { id } = created.json() as { readonly id: string }
    for (const missing of ['read:users', 'read:groups']) {
      const { token } = await createKey(administrator, { scopes: scopes.filter((scope) => scope !== missing) })
      for (const call of ['POST /api/scim/service-provider', `PUT /api/scim/service-provider/${id}`]) {
        const response = await callWithKey(token, call, { ...body, endpoint: 'https://scim.example.org' })
        expect([response.status, response.json()]).toMatchObject([403, { details: { scope: missing } }])
      }
      // Permission to change clients does not include imports.
      expect(refusal(await callWithKey(token, 'POST /api/application-configuration/sync-ldap'))).toEqual([
        403,
        'forbidden',
      ])
    }
    const changed = await callWithKey(allowed.token, `PUT /api/scim/service-provider/${id}`, body)
    expect([created.status, changed.status]).toEqual([201, 200])
    await app.pocket.clients.remove(oidcClientId)
  })

  test('does not reveal users in import reports to a limited key that cannot read users', async () => {
    const scopes = ['read:settings', 'write:settings']
    const { token } = await createKey(instance.administrator, { scopes })
    for (const call of ['GET /api/ldap/runs', 'POST /api/ldap/dry-run', 'POST /api/ldap/sync']) {
      const response = await callWithKey(token, call, call.startsWith('POST') ? {} : undefined)
      expect([call, response.status, response.json()]).toMatchObject([call, 403, { details: { scope: 'read:users' } }])
    }
    const reader = await createKey(instance.administrator, { scopes: [...scopes, 'read:users', 'read:groups'] })
    expect((await callWithKey(reader.token, 'GET /api/ldap/runs')).status).toBe(200)
  })

  test('names the error code when the owner of a key is disabled', async () => {
    const { agent, id } = await instance.person('disabled')
    const { token } = await createKey(agent)
    await instance.app.directory.setDisabled(id, true)
    expect(refusal(await callWithKey(token, 'GET /api/api-keys'))).toEqual([403, 'user_disabled'])
  })

  test('prefers a session over a key, and uses the key if the session is invalid', async () => {
    const { agent } = await instance.person('both')
    const { token } = await createKey(instance.administrator, { name: 'of the administrator' })
    const headers = { 'x-api-key': token }
    expect((await agent.getJson(keysAt, { headers })).json()).toMatchObject({ data: [] })
    const invalid = { ...headers, cookie: 'access_token=made-up' }
    const response = await instance.agent().getJson(keysAt, { headers: invalid })
    expect(response.json()).toMatchObject({ data: expect.arrayContaining([expect.anything()]) })
  })

  test('treats the key of the environment as a key without a user', async () => {
    expect((await callWithKey(staticKey, 'GET /api/version/current')).status).toBe(200)
    expect((await callWithKey(staticKey, 'GET /api/api-keys')).json()).toMatchObject({ data: [] })
    for (const wrong of [`${staticKey}x`, staticKey.slice(1), staticKey.toUpperCase()])
      expect(refusal(await callWithKey(wrong, 'GET /api/api-keys'))).toEqual([401, 'not_signed_in'])
    expect(instance.log.join()).not.toContain(staticKey)
  })

  test.each([
    ['GET /api/users/me', {}, 200, { username: 'static-api-user-system', isAdmin: true }],
    ['PUT /api/users/me', { username: 'mine', email: 'mine@example.com' }, 404, { code: 'user_not_found' }],
    ['PUT /api/users/me', {}, 400, { code: 'validation_failed' }],
    ['GET /api/oidc/users/me/authorized-clients', {}, 200, { data: [] }],
    ['GET /api/oidc/users/me/clients', {}, 200, { data: [] }],
    ['GET /api/audit-logs', {}, 200, { data: [] }],
    ['POST /api/users/me/send-email-verification', {}, 409, { code: 'user_email_not_set' }],
    ['POST /api/users/me/verify-email', { token: 'x' }, 400, { code: 'invalid_email_verification_token' }],
    ['GET /api/webauthn/credentials', {}, 200, []],
    ['POST /api/api-keys', { name: 'Another' }, 403, { code: 'api_key_auth_not_allowed' }],
  ])('has no record for the key of the environment: %s of %j', async (call, body, status, result) => {
    const got = await callWithKey(staticKey, call, call.startsWith('GET') ? undefined : body)
    expect([got.status, got.json()]).toMatchObject([status, result])
  })

  test.each([
    ['no name', { name: undefined }, 'name required'],
    ['a short name', { name: 'ab' }, 'name too_short'],
    ['a number for a name', { name: 12345 }, 'invalid_request_body'],
    ['no expiry', { expiresAt: undefined }, 'expiresAt required'],
    ['an expiry that is not an instant', { expiresAt: 'tomorrow' }, 'invalid_request_body'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt invalid_value'],
    ['no scopes at all', { scopes: [] }, 'scopes too_short'],
    ['an unknown scope', { scopes: ['read:everything'] }, 'scopes[0] oneof'],
    ['a scope twice', { scopes: ['read:users', 'read:users'] }, 'scopes invalid_format'],
  ])('rejects %s', async (_what, fields, problem) => {
    const response = await instance.administrator.postJson(keysAt, {
      name: 'Terraform',
      expiresAt: inDays(1),
      ...fields,
    })
    expect([response.status, problemOf(response)]).toEqual([400, problem])
  })

  test.each([
    ['the shortest name, in emoji', { name: '🔑🔑🔑' }],
    ['the longest name, in Hebrew', { name: '\u05d0'.repeat(50) }],
    ['null for optional fields', { description: null, scopes: null }],
    ['an expiry in another time zone', { expiresAt: '2999-01-01T00:00:00+14:00' }],
    ['unknown fields', { id: someId, ownerId: someId, tokenHash: 'x', isAdmin: true }],
  ])('accepts %s', async (_what, fields) => {
    const { apiKey } = await createKey(instance.administrator, fields)
    expect(apiKey.id).not.toBe(someId)
    expect(apiKey).not.toHaveProperty('scopes')
  })

  test('handles hostile queries safely', async () => {
    const { agent } = await instance.person('queries')
    for (const query of ['?pagination[page]=-1', '?pagination[limit]=x', '?sort=1', '?sort[column]=__proto__', '?[]=%'])
      expect((await agent.getJson(keysAt + query)).status).toBe(200)
    expect(refusal(await agent.getJson(`${keysAt}?search=%00`))).toEqual([400, 'validation_failed'])
  })
})

function inDays(days: number): string {
  return new Date(Date.now() + days * day).toISOString()
}

function refusal(response: UserAgentResponse): readonly unknown[] {
  const { code }: Readonly<Record<string, unknown>> = Object(response.json())
  return [response.status, code]
}

/** The error code, or the field and its error code. */
function problemOf(response: UserAgentResponse): string {
  const { code, details } = response.json() as {
    readonly code: string
    readonly details?: { readonly fields?: readonly { readonly field: string; readonly code: string }[] }
  }
  const [field] = details?.fields ?? []
  return field === undefined ? code : `${field.field} ${field.code}`
}
