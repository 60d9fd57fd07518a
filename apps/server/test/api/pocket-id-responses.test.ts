import { expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { startCalledInstance } from './calls.ts'
import { freshName } from './people.ts'

// Responses that programs written for Pocket ID 2.14 rely on.

const staticKey = 'a key of the environment'
const instance = shareBetweenTests(() => startCalledInstance('SQLite', { STATIC_API_KEY: staticKey }))

function errorDetails({ json }: { readonly json: Readonly<Record<string, unknown>> }): unknown {
  return json.details
}

test.each([
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

test('describes the home-screen app', async () => {
  const manifest = await fetch(`${instance.url}/app.webmanifest`)
  expect(manifest.headers.get('content-type')).toBe('application/manifest+json')
  const { name, icons }: { readonly name: string; readonly icons: readonly { readonly src: string }[] } =
    await manifest.json()
  expect(name).toBe('Pocket ID')
  const icon = await fetch(new URL(icons[0]?.src ?? '', instance.url))
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
})
