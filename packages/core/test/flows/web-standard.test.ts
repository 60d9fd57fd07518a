import { beforeEach, expect, test } from '@jest/globals'
import type { AuthenticationCeremony } from '@pocket/core'
import { startForEachTest } from '@pocket/test-support'
import { minute, startHost } from './host.ts'

const host = startForEachTest(() => startHost({ path: '/auth' }))
let cookies: Map<string, string>
beforeEach(() => {
  cookies = new Map()
})

const cookieHeader = () => new Headers({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') })

function keepCookies(headers: Headers) {
  for (const cookie of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    cookies.set(name, value)
  }
}

async function send(path: string, body?: object): Promise<Response> {
  const response = await host.pocket.fetch(
    new Request(host.issuer + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...Object.fromEntries(cookieHeader()),
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }),
  )
  keepCookies(response.headers)
  return response
}

async function signIn() {
  const { account, authenticator } = await host.person('ada')
  const ceremony = (await (await send('/login/ceremony?redirect=/orders')).json()) as AuthenticationCeremony
  const response = authenticator.get(ceremony.options, { origin: new URL(host.issuer).origin })
  const result = await send('/login?redirect=/orders', { response })
  expect(await result.json()).toEqual({ redirectTo: '/orders' })
  return account
}

test('signs in and reads the session with web-standard requests and headers', async () => {
  const account = await signIn()
  expect(await host.pocket.session(cookieHeader())).toMatchObject({ accountId: account.id, acr: 'phr' })
  expect(await host.pocket.session(new Headers())).toBeUndefined()
  // As `headers()` of Next.js returns them.
  const withMember = Object.assign(cookieHeader(), { headers: {} })
  expect(await host.pocket.session(withMember)).toMatchObject({ accountId: account.id })
})

test('rejects a request in place of its headers', async () => {
  const failed = host.pocket.session(new Request(host.issuer) as unknown as Headers)
  await expect(failed).rejects.toThrow('request must be web-standard headers, such as request.headers')
})

test('extends a session that is read with web-standard headers', async () => {
  const account = await signIn()
  for (let uses = 0; uses < 3; uses++) {
    host.clock.pass(40 * minute)
    expect(await host.pocket.session(cookieHeader())).toMatchObject({ accountId: account.id })
  }
})

test('serves a token request with a form body', async () => {
  const { client, secret } = await host.client({})
  const response = await host.pocket.fetch(
    new Request(host.pocket.endpoints.token, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'unknown',
        redirect_uri: 'https://client.example',
      }),
    }),
  )
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })])
})

test.each(['a string', 'http://localhost/token', undefined])('rejects %p in place of a request', async (request) => {
  await expect(host.pocket.fetch(request as unknown as Request)).rejects.toMatchObject({
    code: 'validation_failed',
    fields: [{ field: 'request', code: 'invalid_type' }],
  })
})

test('leaves other requests with their body to the host', async () => {
  const request = () => new Request(`${new URL(host.issuer).origin}/orders`, { method: 'POST', body: 'an order' })
  const own = request()
  const response = await host.pocket.fetch(own, { next: async () => new Response(await own.text(), { status: 201 }) })
  expect([response.status, await response.text()]).toEqual([201, 'an order'])
  expect((await host.pocket.fetch(request())).status).toBe(404)
})

test('applies the rate limit to each IP address separately', async () => {
  await using limited = await startHost({ options: { limits: { rateLimiter: undefined } } })
  const attempt = (ipAddress: string) =>
    limited.pocket.fetch(
      new Request(`${limited.issuer}/login/code`, { method: 'POST', body: new URLSearchParams({ code: 'wrong' }) }),
      { ipAddress },
    )
  let last = await attempt('192.0.2.1')
  for (let count = 0; count < 50 && last.status !== 429; count += 1) last = await attempt('192.0.2.1')
  expect(last.status).toBe(429)
  expect(last.headers.get('retry-after')).toMatch(/^\d+$/)
  expect((await attempt('198.51.100.1')).status).toBe(400)
})

test.each(['/login?redirect=/', '/api/oidc/token'])('reports a body that was read before %s', async (path) => {
  const request = new Request(host.issuer + path, { method: 'POST', body: new URLSearchParams({ code: 'a' }) })
  await request.text()
  expect((await host.pocket.fetch(request)).status).toBe(500)
  expect(host.errors).toMatchObject([
    { code: 'misconfigured', message: expect.stringContaining('before any body parser') },
  ])
})
