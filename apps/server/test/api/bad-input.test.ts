import { describe, expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { readListRequest } from '../../src/http/api/list.ts'
import { startCalledInstance } from './calls.ts'
import { createPerson } from './people.ts'

/** Names that look blank or misleading. */
const invisible = [
  '   ',
  '\u00a0\u00a0',
  '\u200b\u200b\u200b',
  'na\u200bme',
  'na\u2060me',
  '\ufeffname',
  '\u3000\u3000',
  'na\u202eme',
  '\u3164\u3164\u3164',
  '\u2800\u2800\u2800',
  '\u200d\u200d\u200d',
  '\u200e\u200e\u200e',
]

describe('text', () => {
  const instance = shareBetweenTests(() => startCalledInstance('SQLite'))

  test.each(invisible)('%j is not a valid name', async (name) => {
    const { id } = await createPerson(instance)
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const responses = [
      await instance.call('POST /api/user-groups', { body: { name, friendlyName: 'Friendly' } }),
      await instance.call('POST /api/user-groups', { body: { name: 'fine', friendlyName: name } }),
      await instance.call('POST /api/users', { body: { username: 'fine', email: 'f@example.com', displayName: name } }),
      await instance.call('POST /api/users', { body: { username: 'fine', email: 'f@example.com', firstName: name } }),
      await instance.call('POST /api/api-keys', { body: { name, expiresAt } }),
      await instance.call('POST /api/oidc/clients', { body: { name, callbackURLs: [] } }),
      await instance.call('PUT /api/custom-claims/user/{userId}', {
        params: { userId: id },
        body: [{ key: name, value: 'x' }],
      }),
    ]
    expect(responses.map(({ status, json }) => [status, json.code])).toEqual(
      responses.map(() => [400, 'validation_failed']),
    )
  })

  test('allows joiners of letters and emoji in a name, and stores it in NFC', async () => {
    const body = {
      name: 'e\u0301quipe \u{1f469}\u200d\u{1f680}',
      friendlyName: '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    }
    const { status, json } = await instance.call('POST /api/user-groups', { body })
    expect([status, json.name]).toEqual([201, '\u00e9quipe \u{1f469}\u200d\u{1f680}'])
  })

  test.each<[string, unknown, string]>([
    ['POST /api/users', { username: '.a', email: 'a@example.com' }, 'Username must only contain letters, numbers,'],
    ['POST /api/users', { username: 'a', email: 'nobody' }, 'Email must be a valid email address'],
    ['POST /api/users', { username: 'a', email: 'a@example.com', id: 'x' }, 'Id must be a UUID'],
    ['POST /api/oidc/clients', { name: 'n', id: 'a/b' }, 'Id must be letters, digits, dots, hyphens and underscores'],
    [
      'POST /api/api-keys',
      { name: 'abc', expiresAt: '2099-01-01' },
      'Request body is invalid: expiresAt must be an instant (RFC 3339)',
    ],
    [
      'POST /api/user-groups',
      { name: '', friendlyName: 'x' },
      'FriendlyName must be at least 2 characters long, name is',
    ],
    ['POST /api/users', [], 'Request body is invalid: must be object'],
  ])('rejects %s of %j with a readable message', async (call, body, sentence) => {
    const { status, json } = await instance.call(call, { body })
    expect([status, json.error]).toEqual([400, expect.stringContaining(sentence)])
    expect(JSON.stringify(json)).not.toMatch(/pattern|\^|format \\"/)
  })

  test('returns text as the program wrote it', async () => {
    const body = { name: ' spaced ', description: 'a line\n', callbackURLs: [] }
    const { json } = await instance.call('POST /api/oidc/clients', { body })
    expect(json).toMatchObject({ name: body.name, description: body.description })
  })

  test('names the array element in an error', async () => {
    const { id } = await createPerson(instance)
    const refused = await instance.call('PUT /api/custom-claims/user/{userId}', {
      params: { userId: id },
      body: [{ key: 'a', value: 'b' }, { key: 'c' }, { key: '', value: 'd' }],
    })
    expect(refused.json.details).toMatchObject({ fields: [{ field: '[1].value' }, { field: '[2].key' }] })
    const blank = await instance.call('PUT /api/custom-claims/user/{userId}', {
      params: { userId: id },
      body: [
        { key: 'a', value: 'b' },
        { key: ' ', value: 'b' },
      ],
    })
    expect(blank.json.details).toMatchObject({ fields: [{ field: '[1].key', code: 'invalid_format' }] })
  })

  test('accepts a large list of members, and reads no large body of an anonymous caller', async () => {
    const group = await instance.call('POST /api/user-groups', { body: { name: 'large', friendlyName: 'Large' } })
    const { id } = await createPerson(instance)
    const userIds = [id, ...Array.from({ length: 60_000 }, () => crypto.randomUUID())]
    const params = { id: String(group.json.id) }
    const call = 'PUT /api/user-groups/{id}/users'
    const changed = await instance.call(call, { params, body: { userIds } })
    expect([changed.status, changed.json.users]).toEqual([200, [expect.objectContaining({ id })]])
    const tooLarge = await instance.call(call, { params, body: { userIds: ['x'.repeat(5_100_000)] } })
    expect([tooLarge.status, tooLarge.json.code]).toEqual([413, 'payload_too_large'])
    const otherUser = await instance.call(call, {
      params,
      body: { userIds: ['x'.repeat(200_000)] },
      agent: instance.agent(),
    })
    expect(otherUser.status).toBe(401)
  })
})

test('keeps a filter as text if a number would change it', () => {
  const query = { 'filters[a]': ['007', '7', '-0', 'true', 'TRUE', '1e3', '123456789012345678'] }
  const { filters } = readListRequest(query, { sort: [], filter: ['a'] })
  expect(filters.a).toEqual(['007', 7, '-0', true, 'TRUE', '1e3', '123456789012345678'])
})
