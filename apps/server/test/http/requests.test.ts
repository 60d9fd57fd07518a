import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { shareBetweenTests } from '@pocket/test-support'
import { strictTransportSecurity } from '../../src/http/request-listener.ts'
import { startApp } from './app.ts'

const running = shareBetweenTests(() => startApp())

/** The first line of the response to a raw request. */
async function sendLines(lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(running.local)
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname)
  await once(socket, 'connect')
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const result = await text(socket)
  socket.destroy()
  return result.split('\r\n', 1)[0] ?? ''
}

test.each(['/login', '/healthz', '/.well-known/jwks.json', '/api/users', '/.well-known/openid-configuration'])(
  'rejects a request for %s with two Host headers',
  async (path) => {
    const { host } = new URL(running.local)
    const request = (...hosts: readonly string[]) =>
      sendLines([`GET ${path} HTTP/1.1`, ...hosts.map((each) => `Host: ${each}`), 'Connection: close'])
    // The first response may be cached.
    expect(await request(host)).not.toContain(' 400 B')
    expect(await request(host, 'evil.example')).toContain(' 400 ')
    expect(await request(host, host)).toContain(' 400 ')
  },
)

test.each([
  ['DELETE', '/login', 'GET, HEAD, POST'],
  ['PUT', '/healthz', 'GET, HEAD'],
  ['POST', '/readyz', 'GET, HEAD'],
  ['PATCH', '/api/users', 'GET, HEAD, POST'],
  ['POST', '/api/users/me', 'DELETE, GET, HEAD, PUT'],
  ['GET', '/api/oidc/token', 'OPTIONS, POST'],
  ['DELETE', '/authorize', 'GET, HEAD, POST'],
  ['PUT', '/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
  ['POST', '/.well-known/openid-configuration', 'GET, HEAD, OPTIONS'],
  ['PATCH', '/interaction/x/login', 'POST'],
])('responds to %s %s with 405 and the allowed methods', async (method, path, allowed) => {
  const response = await fetch(running.url + path, { method, headers: { accept: 'text/html' } })
  expect([response.status, response.headers.get('allow')?.split(', ').sort().join(', ')]).toEqual([405, allowed])
  expect((await fetch(`${running.url}${path}/nothing/there`, { method })).status).toBe(404)
})

test('responds to another method at a file with 405', async () => {
  const [file = ''] = /\/assets\/[\w.-]+\.css/.exec(await (await fetch(`${running.url}/login`)).text()) ?? []
  const response = await fetch(running.url + file, { method: 'POST' })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('responds with 404 at unknown paths for any method', async () => {
  for (const method of ['GET', 'POST', 'DELETE'])
    expect((await fetch(`${running.url}/no/such/page`, { method })).status).toBe(404)
})

test('sends HSTS if the issuer is a host name at port 443, with the configured lifetime', async () => {
  const fetchHsts = async (env: Readonly<Record<string, string>>) => {
    await using each = await startApp(env)
    const responses = await Promise.all(
      ['/login', '/healthz', '/authorize', '/api/users', '/no/such/page'].map((path) => fetch(each.local + path)),
    )
    return [...new Set(responses.map(({ headers }) => headers.get('strict-transport-security')))]
  }
  expect(await fetchHsts({ APP_URL: 'https://id.example.com' })).toEqual(['max-age=15552000'])
  expect(await fetchHsts({ APP_URL: 'https://id.example.com', HSTS_MAX_AGE: '60' })).toEqual(['max-age=60'])
  expect(await fetchHsts({ APP_URL: 'https://id.example.com', HSTS_MAX_AGE: '0' })).toEqual([null])
  expect(await fetchHsts({ APP_URL: 'https://id.example.com:1443' })).toEqual([null])
  expect(await fetchHsts({})).toEqual([null])
})

test.each(['http://id.example.com', 'https://id.example.com:5001', 'https://192.0.2.1', 'https://[2001:db8::1]'])(
  'sends no HSTS at %s',
  (origin) => expect(strictTransportSecurity(origin, 60)).toBeUndefined(),
)

test.each([
  ['a long query', `/settings/account?q=${'%C3%A4'.repeat(1900)}`, '/login?redirect=%2Fsettings%2Faccount'],
  ['a long path', `/settings/admin/users/${'%C3%A4'.repeat(1900)}`, '/login'],
])('leads from a page with %s to a sign-in page with a short URL', async (_what, path, to) => {
  const response = await fetch(running.url + path, { redirect: 'manual', headers: { accept: 'text/html' } })
  expect([response.status, response.headers.get('location')]).toEqual([303, to])
})
