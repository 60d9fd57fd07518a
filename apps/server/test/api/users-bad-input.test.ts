import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CalledInstance, findAuditEvents, startCalledInstance } from './calls.ts'
import { createPerson, freshName } from './people.ts'

let instance: CalledInstance

const create = (fields?: Readonly<Record<string, unknown>>) => createPerson(instance, fields)

describe('bad input', () => {
  let id: string

  beforeAll(async () => {
    instance = await startCalledInstance('SQLite', { SMTP_HOST: '127.0.0.1', SMTP_PORT: '9' })
    id = (await create()).id
  })

  afterAll(async () => instance[Symbol.asyncDispose]())

  test.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ username: undefined }, 'username', 'required'],
    [{ username: null }, 'username', 'required'],
    [{ username: '' }, 'username', 'required'],
    [{ username: 'a'.repeat(51) }, 'username', 'too_long'],
    [{ username: '.a' }, 'username', 'invalid_format'],
    [{ username: 'zoë' }, 'username', 'invalid_format'],
    [{ username: 'a\u200bb' }, 'username', 'invalid_format'],
    [{ email: undefined }, 'email', 'required'],
    [{ email: null }, 'email', 'required'],
    [{ email: '' }, 'email', 'invalid_format'],
    [{ email: 'nobody' }, 'email', 'invalid_format'],
    [{ email: 'a@b@c' }, 'email', 'invalid_format'],
    [{ email: `a@${'a'.repeat(254)}` }, 'email', 'too_long'],
    [{ firstName: '𝒷'.repeat(51) }, 'firstName', 'too_long'],
    [{ lastName: 'a'.repeat(51) }, 'lastName', 'too_long'],
    [{ displayName: 'a'.repeat(101) }, 'displayName', 'too_long'],
    [{ firstName: 'a\nb' }, 'firstName', 'invalid_format'],
    [{ firstName: '\0' }, 'firstName', 'invalid_format'],
    [{ locale: 'x!' }, 'locale', 'invalid_format'],
    [{ id: 'not-a-uuid' }, 'id', 'uuid'],
  ])('rejects %j', async (fields, field, code) => {
    const body = { username: freshName(), email: `${freshName()}@example.com`, ...fields }
    const responses = [await instance.call('POST /api/users', { body })]
    if (field !== 'id') responses.push(await instance.call('PUT /api/users/{id}', { params: { id }, body }))
    for (const { status, json } of responses)
      expect([status, json]).toEqual([
        400,
        expect.objectContaining({
          code: 'validation_failed',
          details: { fields: expect.arrayContaining([expect.objectContaining({ field, code })]) },
          request_id: expect.any(String),
        }),
      ])
  })

  test.each<[unknown]>([
    [{ username: 5 }],
    [{ username: 'x', email: [] }],
    [{ username: 'x', isAdmin: 'yes' }],
    [{ username: 'x', disabled: 1 }],
    [{ username: 'x', userGroupIds: 'x' }],
    [{ username: 'x', userGroupIds: [5] }],
    [[]],
    ['text'],
  ])('reports a wrong type for %j', async (body) => {
    const { status, json } = await instance.call('POST /api/users', { body })
    expect([status, json.code]).toEqual([400, 'invalid_request_body'])
  })

  test('keeps the longest and most unusual names unchanged', async () => {
    const names = { firstName: '𝒷'.repeat(50), lastName: 'שלום\u200f', displayName: '👩‍👩‍👧'.repeat(20) }
    const { status, json } = await create({ ...names, username: 'a'.repeat(50) })
    expect([status, json]).toEqual([201, expect.objectContaining(names)])
  })

  test.each<[string, number, string]>([
    ['{"__proto__":{"isAdmin":true},', 400, '"code":"invalid_request_body"'],
    ['{"constructor":{"prototype":{"isAdmin":true}},', 201, '"isAdmin":false'],
  ])('%s changes no prototype', async (hostile, status, text) => {
    const body = hostile + JSON.stringify({ username: freshName(), email: `${freshName()}@example.com` }).slice(1)
    const cookie = instance.administrator.cookies().map(({ name, value }) => `${name}=${value}`)
    const response = await fetch(`${instance.url}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookie.join('; ') },
      body,
    })
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(text)])
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined()
  })

  test.each(['nonsense', randomUUID(), '__proto__', "' OR 1=1", '\0', '../users', '%'])(
    'returns not found for the user ID %j',
    async (unknown) => {
      const params = { id: unknown, userId: unknown, credentialId: unknown }
      const body = { username: freshName(), email: `${freshName()}@example.com` }
      for (const [call, sent] of [
        ['GET /api/users/{id}', undefined],
        ['PUT /api/users/{id}', body],
        ['DELETE /api/users/{id}', undefined],
        ['GET /api/users/{id}/groups', undefined],
        ['PUT /api/users/{id}/user-groups', { userGroupIds: [] }],
        ['GET /api/users/{id}/webauthn-credentials', undefined],
        ['DELETE /api/users/{id}/webauthn-credentials/{credentialId}', undefined],
        ['POST /api/users/{id}/one-time-access-token', {}],
        ['PUT /api/custom-claims/user/{userId}', []],
      ] as const) {
        const { status, json } = await instance.call(call, { params, body: sent })
        expect([call, status, json.code]).toEqual([call, 404, unknown === '\0' ? 'not_found' : 'user_not_found'])
      }
    },
  )

  test.each<[unknown, number, string]>([
    [[{ key: 'sub', value: 'x' }], 400, 'reserved_claim'],
    [
      [
        { key: 'a', value: 'x' },
        { key: 'a', value: 'y' },
      ],
      400,
      'duplicate_claim',
    ],
    [[{ key: '', value: 'x' }], 400, 'validation_failed'],
    [[{ key: 'a', value: '' }], 400, 'validation_failed'],
    [[{ key: 'a' }], 400, 'validation_failed'],
    [[{ key: 'a'.repeat(256), value: 'x' }], 400, 'validation_failed'],
    [Array.from({ length: 501 }, (_, index) => ({ key: `k${index}`, value: 'x' })), 400, 'validation_failed'],
    [[{ key: 'a', value: 5 }], 400, 'invalid_request_body'],
    [[null], 400, 'invalid_request_body'],
    [{ a: 'x' }, 400, 'invalid_request_body'],
  ])('rejects the claims %j', async (body, status, code) => {
    const response = await instance.call('PUT /api/custom-claims/user/{userId}', { params: { userId: id }, body })
    expect([response.status, response.json.code]).toEqual([status, code])
    expect((await instance.call('GET /api/users/{id}', { params: { id } })).json.customClaims).toEqual([])
  })

  test('names a reserved claim in the error', async () => {
    const body = [{ key: 'email_verified', value: 'true' }]
    const { json } = await instance.call('PUT /api/custom-claims/user/{userId}', { params: { userId: id }, body })
    const fields = [expect.objectContaining({ field: 'key', code: 'reserved' })]
    expect(json.details).toEqual({ key: 'email_verified', fields })
  })

  test.each([undefined, 0, '0', '15m', 1.5, 2_678_400, '744h', '1h30m', '2s', '1001ms', '.5h', '1.5m', null])(
    'accepts a login code lifetime of %j',
    async (ttl) => {
      const { id: person } = await create()
      const response = await instance.call('POST /api/users/{id}/one-time-access-token', {
        params: { id: person },
        body: { ttl },
      })
      expect([response.status, response.json]).toEqual([
        201,
        { token: expect.stringMatching(/^([A-Z0-9]{6}|[A-Z0-9]{12})$/) },
      ])
      expect(findAuditEvents(instance, 'code_issued').at(-1)).toMatchObject({
        accountId: person,
        by: expect.any(String),
      })
    },
  )

  test.each<[unknown, string]>([
    [1, 'validation_failed'],
    ['1s', 'validation_failed'],
    [-5, 'validation_failed'],
    ['-15m', 'validation_failed'],
    [2_678_401, 'validation_failed'],
    ['745h', 'validation_failed'],
    [1e300, 'validation_failed'],
    ['9'.repeat(99), 'invalid_request_body'],
    ['', 'invalid_request_body'],
    ['soon', 'invalid_request_body'],
    ['15 m', 'invalid_request_body'],
    ['15', 'invalid_request_body'],
    [true, 'invalid_request_body'],
    [{}, 'invalid_request_body'],
  ])('rejects a login code lifetime of %j', async (ttl, code) => {
    const response = await instance.call('POST /api/users/{id}/one-time-access-token', {
      params: { id },
      body: { ttl },
    })
    expect([response.status, response.json.code]).toEqual([400, code])
  })

  test('derives the length of a login code from its lifetime', async () => {
    const createCode = async (ttl: unknown) => {
      const { json } = await instance.call('POST /api/users/{id}/one-time-access-token', {
        params: { id },
        body: { ttl },
      })
      return String(json.token).length
    }
    expect([await createCode(900), await createCode('15m'), await createCode(901), await createCode('1h')]).toEqual([
      6, 6, 12, 12,
    ])
  })

  test('creates no login code for a disabled user', async () => {
    const { id: disabled } = await create({ disabled: true })
    const params = { id: disabled }
    const response = await instance.call('POST /api/users/{id}/one-time-access-token', { params, body: {} })
    expect([response.status, response.json.code]).toEqual([403, 'account_disabled'])
  })
})
