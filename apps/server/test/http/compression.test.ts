import { once } from 'node:events'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync } from 'node:zlib'
import { beforeAll, expect, test } from '@jest/globals'
import type { UserAgent } from '@pocket/core/testing'
import { shareWithAdministrator } from './app.ts'

const { running, agent: administrator } = shareWithAdministrator()
let cookie: string

const cookieOf = (agent: UserAgent, sentTo = '/') =>
  agent
    .cookies()
    .filter(({ path }) => sentTo.startsWith(path))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

beforeAll(() => {
  cookie = cookieOf(administrator)
})

/** The encoding and the body as it was sent, which `fetch` would decode. */
async function fetchCompressed(path: string, cookie?: string) {
  const headers = { accept: 'text/html', 'accept-encoding': 'br', ...(cookie && { cookie }) }
  const sending = request(running.local + path, { headers }).end()
  const [response] = await once(sending, 'response')
  const { 'content-encoding': encoding, vary } = response.headers
  return { status: response.statusCode, encoding, vary, body: await buffer(response) }
}

test('compresses the sign-in page to less than 5 kB', async () => {
  const { encoding, vary, body } = await fetchCompressed('/login')
  expect([encoding, vary]).toEqual(['br', 'Accept-Encoding'])
  expect(brotliDecompressSync(body).toString()).toContain('<html')
  expect(body.length).toBeLessThan(5000)
})

test('loads the sign-in page with its files in less than 16 kB', async () => {
  const page = await fetchCompressed('/login')
  const files = brotliDecompressSync(page.body)
    .toString()
    // Loaded when the page is added to a home screen.
    .replace(/<link rel="apple-touch-icon"[^>]*>/, '')
    .match(/\/assets\/[\w.-]+/g)
  const sizes = await Promise.all([...new Set(files)].map(async (path) => (await fetchCompressed(path)).body.length))
  expect(sizes.length).toBeGreaterThan(1)
  expect(sizes.reduce((sum, size) => sum + size, page.body.length)).toBeLessThan(16_000)
})

test('compresses lists and error pages', async () => {
  expect((await fetchCompressed('/not/there')).encoding).toBe('br')
  expect(await fetchCompressed('/settings/admin/users', cookie)).toMatchObject({ status: 200, encoding: 'br' })
})

test('compresses pages of API keys, users and settings only without a new secret', async () => {
  expect((await fetchCompressed('/settings/api-keys', cookie)).encoding).toBe('br')
  expect((await fetchCompressed('/settings/admin/application-configuration/oidc', cookie)).encoding).toBe('br')
  const ada = await running.app.directory.findByName('ada')
  const security = `/settings/admin/users/${ada?.id}/security`
  expect((await fetchCompressed(security, cookie)).encoding).toBe('br')
  const link = `${running.url}/settings/admin/users/${ada?.id}/sign-in-link`
  expect((await administrator.postForm(link, { kind: 'code', lifetime: '15m' })).status).toBe(303)
  // The notice of the new code is in a cookie.
  const withCode = await fetchCompressed(security, cookieOf(administrator, security))
  expect([withCode.encoding, withCode.body.toString().includes('sign-in-link-code')]).toEqual([undefined, true])
})

test.each(['/settings/admin/invitations', '/api/users/me'])(
  'does not compress %s, which can show a secret',
  async (path) => {
    const { status, encoding } = await fetchCompressed(path, cookie)
    expect([status, encoding]).toEqual([200, undefined])
  },
)
