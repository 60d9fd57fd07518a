import { once } from 'node:events'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type RunningApp, setUpAdministrator, startApp } from './app.ts'

let running: RunningApp
let cookie: string

beforeAll(async () => {
  running = await startApp()
  const administrator = running.agent()
  await setUpAdministrator(administrator, running.url)
  cookie = administrator
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
})
afterAll(async () => running[Symbol.asyncDispose]())

/** The encoding and the body as it was sent, which `fetch` would decode. */
async function sent(path: string, cookie?: string) {
  const headers = { accept: 'text/html', 'accept-encoding': 'br', ...(cookie && { cookie }) }
  const sending = request(running.local + path, { headers }).end()
  const [response] = await once(sending, 'response')
  const { 'content-encoding': encoding, vary } = response.headers
  return { status: response.statusCode, encoding, vary, body: await buffer(response) }
}

test('compresses the sign-in page to less than 5 kB', async () => {
  const { encoding, vary, body } = await sent('/login')
  expect([encoding, vary]).toEqual(['br', 'Accept-Encoding'])
  expect(brotliDecompressSync(body).toString()).toContain('<html')
  expect(body.length).toBeLessThan(5000)
})

test('loads the sign-in page with its files in less than 16 kB', async () => {
  const page = await sent('/login')
  const files = brotliDecompressSync(page.body)
    .toString()
    // Loaded when the page is added to a home screen.
    .replace(/<link rel="apple-touch-icon"[^>]*>/, '')
    .match(/\/assets\/[\w.-]+/g)
  const sizes = await Promise.all([...new Set(files)].map(async (path) => (await sent(path)).body.length))
  expect(sizes.length).toBeGreaterThan(1)
  expect(sizes.reduce((sum, size) => sum + size, page.body.length)).toBeLessThan(16_000)
})

test('compresses lists and error pages', async () => {
  expect((await sent('/not/there')).encoding).toBe('br')
  expect(await sent('/settings/admin/users', cookie)).toMatchObject({ status: 200, encoding: 'br' })
})

test.each(['/settings/admin/invitations', '/settings/api-keys', '/api/users/me'])(
  'does not compress %s, which can show a secret',
  async (path) => {
    const { status, encoding } = await sent(path, cookie)
    expect([status, encoding]).toEqual([200, undefined])
  },
)
