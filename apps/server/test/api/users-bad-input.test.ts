import { beforeAll, describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { findAuditEvents, startCalledInstance } from './calls.ts'
import { createPerson, freshName } from './people.ts'

describe('bad input', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite', { SMTP_HOST: '127.0.0.1', SMTP_PORT: '9' }))
  let id: string

  beforeAll(async () => {
    id = (await createPerson(instance)).id
  })

  test.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ username: undefined }, 'username', 'required'],
    [{ username: '.a' }, 'username', 'invalid_format'],
    [{ email: undefined }, 'email', 'required'],
    [{ email: '' }, 'email', 'invalid_format'],
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
    [{ username: 'x', isAdmin: 'yes' }],
    [{ username: 'x', userGroupIds: [5] }],
    [[]],
  ])('reports a wrong type for %j', async (body) => {
    const { status, json } = await instance.call('POST /api/users', { body })
    expect([status, json.code]).toEqual([400, 'invalid_request_body'])
  })

  test.each<[unknown, number, string]>([
    [[{ key: 'sub', value: 'x' }], 400, 'reserved_claim'],
    [[{ key: 'a' }], 400, 'validation_failed'],
    [Array.from({ length: 501 }, (_, index) => ({ key: `k${index}`, value: 'x' })), 400, 'validation_failed'],
    [[{ key: 'a', value: 5 }], 400, 'invalid_request_body'],
    [[null], 400, 'invalid_request_body'],
    [{ a: 'x' }, 400, 'invalid_request_body'],
  ])('rejects the claims %j', async (body, status, code) => {
    const response = await instance.call('PUT /api/custom-claims/user/{userId}', { params: { userId: id }, body })
    expect([response.status, response.json.code]).toEqual([status, code])
    expect((await instance.call('GET /api/users/{id}', { params: { id } })).json.customClaims).toEqual([])
  })

  test.each([undefined, 0, '0', '15m', 1.5, 2_678_400, '744h', '1h30m', '2s', '1001ms', '.5h', '1.5m', null])(
    'accepts a login code lifetime of %j',
    async (ttl) => {
      const { id: person } = await createPerson(instance)
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
})
