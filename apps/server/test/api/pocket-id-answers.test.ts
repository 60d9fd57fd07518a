import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CalledInstance, startCalled } from './calls.ts'
import { createPerson, freshName } from './people.ts'

// Answers that programs written for Pocket ID 2.14 rely on.

let instance: CalledInstance

beforeAll(async () => {
  instance = await startCalled('SQLite')
})
afterAll(async () => instance[Symbol.asyncDispose]())

async function createApi(): Promise<string> {
  const body = { name: freshName(), resource: `https://${freshName()}.example.com` }
  const { json } = await instance.call('POST /api/apis', { body })
  return String(json.id)
}

function fieldsOf({ json }: { readonly json: Readonly<Record<string, unknown>> }): unknown {
  return json.details
}

test.each(['DESC', 'Desc', 'desc'])('sorts in descending order for the direction %s', async (direction) => {
  const names = [freshName(), freshName()].sort()
  for (const name of names) await instance.call('POST /api/user-groups', { body: { name, friendlyName: name } })
  const query = `?sort[column]=name&sort[direction]=${direction}&pagination[limit]=100`
  const { json } = await instance.call('GET /api/user-groups', { query })
  // A cast: the call checks the response.
  const listed = (json.data as readonly { readonly name: string }[]).map(({ name }) => name)
  expect(listed.filter((name) => names.includes(name))).toEqual(names.toReversed())
})

test.each(['pagination[page]=abc&pagination[limit]=2', 'pagination[page]=2&pagination[limit]=1.5'])(
  'uses the default page and limit for %s',
  async (query) => {
    const { json } = await instance.call('GET /api/users', { query: `?${query}` })
    expect(json.pagination).toMatchObject({ currentPage: 1, itemsPerPage: 20 })
  },
)

test('clears permissions and the access of clients with a metadata document for an empty body', async () => {
  const id = await createApi()
  const body = { permissions: [{ key: 'read', name: 'Read' }] }
  await instance.call('PUT /api/apis/{id}/permissions', { params: { id }, body })
  await instance.call('PUT /api/apis/{id}/cimd-access', { params: { id }, body: { enabled: true } })
  const access = await instance.call('PUT /api/apis/{id}/cimd-access', { params: { id }, body: {} })
  expect(access).toMatchObject({ status: 200, json: { allowCimdClients: false } })
  const permissions = await instance.call('PUT /api/apis/{id}/permissions', { params: { id }, body: {} })
  expect(permissions).toMatchObject({ status: 200, json: { permissions: [] } })
})

test.each(['11111111-1111-4111-8111-111111111111', 'abc'])(
  'does not find the authorized clients of the unknown user %s',
  async (id) => {
    const answer = await instance.call('GET /api/oidc/users/{id}/authorized-clients', { params: { id } })
    expect(answer).toMatchObject({ status: 404, json: { code: 'user_not_found' } })
  },
)

test('does not find an unknown client of an API', async () => {
  const params = { id: await createApi(), clientId: 'unknown' }
  const answer = await instance.call('DELETE /api/apis/{id}/clients/{clientId}', { params })
  expect(answer).toMatchObject({ status: 404, json: { code: 'not_found', details: { resource: 'OIDC client' } } })
})

test.each([
  [{ accessTokenDurationMinutes: -1 }, 'accessTokenDurationMinutes', 'token_duration'],
  [{ accessTokenDurationMinutes: 525_601 }, 'accessTokenDurationMinutes', 'token_duration'],
  [{ callbackURLs: ['nope'] }, 'callbackURLs[0]', 'callback_url_pattern'],
  [{ logoutCallbackURLs: ['nope'] }, 'logoutCallbackURLs[0]', 'callback_url_pattern'],
  [{ logoUrl: 'nope' }, 'logoUrl', 'invalid_value'],
  [{ logoUrl: 'http://127.0.0.1:1/x.png' }, 'logoUrl', 'invalid_value'],
  [{ darkLogoUrl: 'https://10.0.0.1/x.png' }, 'darkLogoUrl', 'invalid_value'],
])('rejects the client %j with the field %s and the code %s', async (fields, field, code) => {
  const name = freshName()
  const answer = await instance.call('POST /api/oidc/clients', { body: { name, callbackURLs: [], ...fields } })
  expect(answer).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
  expect(fieldsOf(answer)).toMatchObject({ fields: [{ field, code }] })
  const { json } = await instance.call('GET /api/oidc/clients', { query: `?search=${name}` })
  expect(json.data).toEqual([])
})

test('rejects an API key that has already expired with the field', async () => {
  const body = { name: 'expired', expiresAt: '2020-01-01T00:00:00Z' }
  const answer = await instance.call('POST /api/api-keys', { body })
  expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_api_key_expiration' } })
  expect(fieldsOf(answer)).toMatchObject({ fields: [{ field: 'expiresAt', code: 'invalid_value' }] })
})

test('lists own audit events with empty names', async () => {
  await createPerson(instance)
  const { json } = await instance.call('GET /api/audit-logs')
  expect(json.data).toContainEqual(expect.objectContaining({ username: '', actorUsername: '' }))
})

test('redirects a path with a trailing slash, and keeps the query and the method', async () => {
  const send = (path: string, method: string) =>
    fetch(instance.url + path, { method, redirect: 'manual', headers: { accept: 'application/json' } })
  const read = await send('/api/users/?search=a', 'GET')
  expect([read.status, read.headers.get('location')]).toEqual([301, '/api/users?search=a'])
  const write = await send('/api/users/', 'POST')
  expect([write.status, write.headers.get('location')]).toEqual([307, '/api/users'])
})

test('keeps search engines out and describes the home-screen app', async () => {
  const robots = await fetch(`${instance.url}/robots.txt`)
  expect([robots.status, await robots.text()]).toEqual([200, 'User-agent: *\nDisallow: /\n'])
  const manifest = await fetch(`${instance.url}/app.webmanifest`)
  expect(manifest.headers.get('content-type')).toBe('application/manifest+json')
  const { name, icons }: { readonly name: string; readonly icons: readonly { readonly src: string }[] } =
    await manifest.json()
  expect(name).toBe('Pocket ID')
  const icon = await fetch(new URL(icons[0]?.src ?? '', instance.url))
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
})
