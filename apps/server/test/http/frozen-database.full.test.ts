import { expect, test } from '@jest/globals'
import { createTestDatabase, startTcpProxy } from '@pocket/test-support'
import { preparePostgres, startApp } from './app.ts'

test('every response is 503 while PostgreSQL is frozen, and the server recovers automatically', async () => {
  await using database = await createTestDatabase(await preparePostgres())
  await using postgres = await startTcpProxy(database.url)
  const connection = `${postgres.url}?statement_timeout=4000&query_timeout=5000&connect_timeout=4`
  await using running = await startApp({ DB_CONNECTION_STRING: connection, DISABLE_RATE_LIMITING: 'false' })
  const { url } = running
  const sendRequest = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init })
    return [path, response.status, response.headers.get('retry-after'), (await response.text()).length > 0]
  }
  const html = { headers: { accept: 'text/html' } }
  const formRequest = (fields: Readonly<Record<string, string>>) => ({
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  const client = { client_id: 'nobody', client_secret: 'nothing' }
  const requests: readonly (readonly [string, RequestInit?])[] = [
    ['/login', html],
    ['/lc', { ...html, ...formRequest({ code: 'ABCDEF' }) }],
    ['/authorize?client_id=nobody', html],
    ['/interaction/nobody', { headers: { ...html.headers, cookie: '__oidc_interaction=nobody' } }],
    ['/api/webauthn/login/start'],
    ['/api/oidc/token', formRequest({ grant_type: 'client_credentials', ...client })],
    ['/api/oidc/introspect', formRequest({ token: 'x', ...client })],
    ['/api/users', { headers: { 'x-api-key': 'pak_x' } }],
  ]
  postgres.suspend()
  const results = await Promise.all([...requests, ...requests].map(([path, init]) => sendRequest(path, init)))
  const outage = results.filter(([path]) => path !== '/interaction/nobody')
  expect(outage).toEqual(outage.map(([path]) => [path, 503, '5', true]))
  postgres.resume()
  while ((await fetch(`${url}/login`)).status !== 200);
  for (const [path, init] of requests) expect((await sendRequest(path, init))[1]).not.toBe(503)
})
