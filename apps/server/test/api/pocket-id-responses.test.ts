import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CalledInstance, startCalledInstance } from './calls.ts'
import { createPerson, freshName } from './people.ts'

// Responses that programs written for Pocket ID 2.14 rely on.

const staticKey = 'a key of the environment'
let instance: CalledInstance

beforeAll(async () => {
  instance = await startCalledInstance('SQLite', { STATIC_API_KEY: staticKey })
})
afterAll(async () => instance[Symbol.asyncDispose]())

async function createApi(): Promise<string> {
  const body = { name: freshName(), resource: `https://${freshName()}.example.com` }
  const { json } = await instance.call('POST /api/apis', { body })
  return String(json.id)
}

function errorDetails({ json }: { readonly json: Readonly<Record<string, unknown>> }): unknown {
  return json.details
}

test.each(['DESC', 'Desc', 'desc'])('sorts in descending order for the direction %s', async (direction) => {
  const names = [freshName(), freshName()].sort()
  for (const name of names) await instance.call('POST /api/user-groups', { body: { name, friendlyName: name } })
  const query = `?sort[column]=name&sort[direction]=${direction}&pagination[limit]=100`
  const { json } = await instance.call('GET /api/user-groups', { query })
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
    const response = await instance.call('GET /api/oidc/users/{id}/authorized-clients', { params: { id } })
    expect(response).toMatchObject({ status: 404, json: { code: 'user_not_found' } })
  },
)

test('does not find an unknown client of an API', async () => {
  const params = { id: await createApi(), clientId: 'unknown' }
  const response = await instance.call('DELETE /api/apis/{id}/clients/{clientId}', { params })
  expect(response).toMatchObject({ status: 404, json: { code: 'not_found', details: { resource: 'OIDC client' } } })
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
  const response = await instance.call('POST /api/oidc/clients', { body: { name, callbackURLs: [], ...fields } })
  expect(response).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
  expect(errorDetails(response)).toMatchObject({ fields: [{ field, code }] })
  const { json } = await instance.call('GET /api/oidc/clients', { query: `?search=${name}` })
  expect(json.data).toEqual([])
})

test('rejects an API key with an expiry in the past, and names the field', async () => {
  const body = { name: 'expired', expiresAt: '2020-01-01T00:00:00Z' }
  const response = await instance.call('POST /api/api-keys', { body })
  expect(response).toMatchObject({ status: 400, json: { code: 'invalid_api_key_expiration' } })
  expect(errorDetails(response)).toMatchObject({ fields: [{ field: 'expiresAt', code: 'invalid_value' }] })
})

test('answers at the ID of the user of the static API key', async () => {
  const id = '00000000-0000-0000-0000-000000000000'
  const response = await instance.call('GET /api/users/{id}', { params: { id } })
  const username = expect.stringMatching(/^static-api-user-[A-Za-z0-9]{6}$/)
  expect(response).toMatchObject({ status: 200, json: { id, username, isAdmin: true } })
})

test('informs the owner of a login code that the account is disabled', async () => {
  const { id, json } = await createPerson(instance)
  const issueCode = () => instance.call('POST /api/users/{id}/one-time-access-token', { params: { id }, body: {} })
  const { json: code } = await issueCode()
  const setDisabled = (disabled: boolean) =>
    instance.call('PUT /api/users/{id}', { params: { id }, body: { ...json, disabled } })
  await setDisabled(true)
  const useCode = async () =>
    instance.call('POST /api/one-time-access-token/{token}', {
      params: { token: String(code.token) },
      agent: instance.agent(),
    })
  expect(await useCode()).toMatchObject({ status: 403, json: { code: 'user_disabled' } })
  await setDisabled(false)
  expect(await useCode()).toMatchObject({ status: 401, json: { code: 'token_invalid_or_expired' } })
})

test('lets a program remove the last administrator, and keeps the set-up closed', async () => {
  await using own = await startCalledInstance('SQLite', { STATIC_API_KEY: staticKey })
  const { json: me } = await own.call('GET /api/users/me')
  const path = `${own.url}/api/users/${String(me.id)}`
  const bySession = await own.call('DELETE /api/users/{id}', { params: { id: String(me.id) } })
  expect(bySession).toMatchObject({ status: 409, json: { code: 'last_administrator' } })
  const options = { headers: { 'x-api-key': staticKey } }
  expect((await own.agent().sendJson('DELETE', path, { options })).status).toBe(204)
  const setUp = await own.agent().postJson(`${own.url}/api/signup/setup`, { username: 'thief' })
  expect([setUp.status, setUp.json()]).toMatchObject([409, { code: 'setup_already_completed' }])
  expect((await own.agent().get(`${own.url}/login`)).status).toBe(200)
  const body = { username: 'next', email: 'next@example.com', isAdmin: true }
  const next = await own.agent().sendJson('POST', `${own.url}/api/users`, { body, options })
  expect(next.status).toBe(201)
})

test('keeps the last administrator without a static API key', async () => {
  await using own = await startCalledInstance('SQLite')
  const { json: me } = await own.call('GET /api/users/me')
  const body = { name: 'tool', expiresAt: new Date(Date.now() + 86_400_000).toISOString() }
  const { json: key } = await own.call('POST /api/api-keys', { body })
  const options = { headers: { 'x-api-key': String(key.token) } }
  const response = await own.agent().sendJson('DELETE', `${own.url}/api/users/${String(me.id)}`, { options })
  expect([response.status, response.json()]).toMatchObject([409, { code: 'last_administrator' }])
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
  // The headers of a longer redirect could exceed what clients accept.
  expect((await send(`/api/users/?search=${'a'.repeat(15_500)}`, 'GET')).status).toBe(404)
})

test('keeps search engines out and describes the home-screen app', async () => {
  const robots = await fetch(`${instance.url}/robots.txt`)
  expect([robots.status, await robots.text()]).toEqual([200, 'User-agent: *\nDisallow: /\nNoindex: /'])
  const manifest = await fetch(`${instance.url}/app.webmanifest`)
  expect(manifest.headers.get('content-type')).toBe('application/manifest+json')
  const { name, icons }: { readonly name: string; readonly icons: readonly { readonly src: string }[] } =
    await manifest.json()
  expect(name).toBe('Pocket ID')
  const icon = await fetch(new URL(icons[0]?.src ?? '', instance.url))
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
})
