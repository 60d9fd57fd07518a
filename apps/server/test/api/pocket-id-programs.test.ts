import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseKinds, quickOnly } from '@pocket/test-support'
import { databaseOf, type RunningApp, startApp } from '../http/app.ts'

const key = 'a key of the environment'

type Json = Readonly<Record<string, unknown>>

/** Requests exactly as tools for Pocket ID send them: with an API key and without browser headers. */
describe.each(databaseKinds)('tools for Pocket ID, on %s', (kind) => {
  const stack = new AsyncDisposableStack()
  let running: RunningApp

  beforeAll(async () => {
    const database = await databaseOf(kind, stack)
    running = stack.use(await startApp({ STATIC_API_KEY: key, ...database }))
  })

  afterAll(async () => stack.disposeAsync())

  async function call(name: string, body?: unknown) {
    const [method = '', path = ''] = name.split(' ')
    const headers = { 'X-API-KEY': key, 'Content-Type': 'application/json', Accept: 'application/json' }
    const response = await fetch(`${running.url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Json }
  }

  test('accepts a field name in another case from a program in Go: the launch URL of the Terraform provider', async () => {
    const fields = { name: 'Wiki', callbackURLs: ['https://wiki.example.com/cb'], isPublic: false, pkceEnabled: true }
    const created = await call('POST /api/oidc/clients', {
      ...fields,
      id: 'wiki',
      launchUrl: 'https://wiki.example.com',
    })
    expect([created.status, created.json]).toMatchObject([201, { launchURL: 'https://wiki.example.com' }])
    const changed = await call('PUT /api/oidc/clients/wiki', {
      ...fields,
      LAUNCHURL: 'https://wiki.example.com/start',
      credentials: { FederatedIdentities: [{ ISSUER: 'https://ci.example.com', replayprotection: true }] },
    })
    expect([changed.status, changed.json]).toMatchObject([
      200,
      {
        launchURL: 'https://wiki.example.com/start',
        credentials: { federatedIdentities: [{ issuer: 'https://ci.example.com', replayProtection: true }] },
      },
    ])
  })

  test('starts an error message with a capital letter', async () => {
    const group = { name: 'twice', friendlyName: 'Twice' }
    await call('POST /api/user-groups', group)
    const { status, json } = await call('POST /api/user-groups', group)
    expect([status, json]).toMatchObject([
      409,
      {
        code: 'already_in_use',
        error: expect.stringMatching(/^Name is already in use/),
        details: { property: 'name' },
      },
    ])
  })

  test.each(['/api/users/nobody', '/api/nothing'])(
    'does not let caches store a not-found response at %s',
    async (path) => {
      const response = await fetch(running.url + path, { headers: { 'X-API-KEY': key } })
      expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'private, no-store'])
    },
  )

  test('uses the last of two fields that differ only in case', async () => {
    const { status, json } = await call('POST /api/user-groups', { NAME: 'first', name: 'last', friendlyName: 'Group' })
    expect([status, json]).toMatchObject([201, { name: 'last' }])
  })

  test('accepts null for every unset field, at any depth, from a program in Rust', async () => {
    const { status, json } = await call('POST /api/oidc/clients', {
      name: 'Nothing else',
      id: null,
      description: null,
      isPublic: null,
      callbackURLs: null,
      launchURL: null,
      logoUrl: null,
      accessTokenDurationMinutes: null,
      credentials: {
        federatedIdentities: [
          { issuer: 'https://ci.example.com', subject: null, audience: null, jwks: null, replayProtection: null },
        ],
      },
    })
    expect([status, json]).toMatchObject([
      201,
      {
        isPublic: false,
        callbackURLs: [],
        credentials: { federatedIdentities: [{ issuer: 'https://ci.example.com', replayProtection: false }] },
      },
    ])
  })

  test('accepts a chosen secret in the older form too, and generates one for an empty value', async () => {
    await call('POST /api/oidc/clients', { name: 'Chosen', id: 'chosen', callbackURLs: [] })
    const chosen = await call('POST /api/oidc/clients/chosen/secret', { secret: 'chosen-secret-0123456789abcdef' })
    expect([chosen.status, chosen.json]).toEqual([200, { secret: 'chosen-secret-0123456789abcdef' }])
    const drawn = await call('POST /api/oidc/clients/chosen/secrets', { secret: '' })
    expect([drawn.status, drawn.json]).toMatchObject([201, { secret: expect.stringMatching(/^pk_/) }])
    const short = await call('POST /api/oidc/clients/chosen/secret', { secret: 'short' })
    expect([short.status, short.json]).toMatchObject([
      400,
      { code: 'validation_failed', details: { fields: [{ field: 'secret', code: 'too_short' }] } },
    ])
    expect((await call('GET /api/oidc/clients/chosen/secrets')).json).toHaveLength(2)
  })

  test('lets a program request a custom logo without the built-in fallback', async () => {
    const logo = '/api/application-images/logo?light=true'
    expect((await fetch(`${running.url}${logo}&default=true`)).status).toBe(200)
    const own = await call(`GET ${logo}`)
    expect([own.status, own.json]).toMatchObject([404, { code: 'image_not_found' }])
  })

  test('names the key of the environment in the audit log', async () => {
    const { json: group } = await call('POST /api/user-groups', { name: 'audited', friendlyName: 'Audited' })
    const user = { username: 'audited', email: 'audited@example.com' }
    const { json: created } = await call('POST /api/users', user)
    const { json } = await call('GET /api/audit-logs/all?pagination[limit]=2')
    expect(json.data).toMatchObject([
      { event: 'USER_CREATED', userID: created.id, username: 'audited', actorUsername: 'static-api-user-system' },
      { event: 'GROUP_CREATED', username: 'static-api-user-system', data: { groupId: group.id } },
    ])
    expect(Object.values((await call('GET /api/audit-logs/filters/users')).json)).toContain('static-api-user-system')
  })

  test('responds to a program that reads nothing before it has sent a logo that is too large', async () => {
    await call('POST /api/oidc/clients', { name: 'Logo', id: 'logo', callbackURLs: [] })
    const start = '--x\r\ncontent-disposition: form-data; name="file"; filename="logo.png"\r\n\r\n'
    const body = Buffer.concat([Buffer.from(start), Buffer.alloc(3 * 1024 * 1024), Buffer.from('\r\n--x--\r\n')])
    expect(await sendBodyBeforeReading(`${running.url}/api/oidc/clients/logo/logo`, body)).toEqual(['413', '204'])
  })

  test.each([
    ['a logo', 'PUT /api/application-images/logo', 'multipart/form-data; boundary=x', 'file_too_large'],
    ['JSON', 'POST /api/users', 'application/json', 'payload_too_large'],
  ])(
    'responds before it closes the connection of a proxy that sends %s that is too large',
    async (_, target, type, code) => {
      const body = Buffer.alloc(12 * 1024 * 1024)
      const head = [
        `${target} HTTP/1.0`,
        `X-API-Key: ${key}`,
        `Content-Type: ${type}`,
        `Content-Length: ${body.length}`,
      ]
      const { hostname, port } = new URL(running.url)
      const socket = connect(Number(port), hostname)
      socket.write(`${head.join('\r\n')}\r\n\r\n`)
      socket.write(body)
      const response = await text(socket)
      expect(response).toMatch(/^HTTP\/1\.1 413 /)
      expect(response).toContain(`"code":"${code}"`)
    },
  )
})

/** The responses to a program that sends the whole body anyway and then reuses its connection. */
function sendBodyBeforeReading(url: string, body: Buffer): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  const { hostname, port, host, pathname } = new URL(url)
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    `X-API-Key: ${key}`,
    'Content-Type: multipart/form-data; boundary=x',
    `Content-Length: ${body.length}`,
  ]
  const statuses: string[] = []
  const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n`))
  socket.on('error', reject)
  socket.on('close', () => resolve(statuses))
  socket.on('data', (result) => {
    const [status] = /(?<=^HTTP\/1\.1 )\d{3}/.exec(result.toString('latin1')) ?? []
    if (status === undefined) return
    if (statuses.push(status) === 2) return void socket.destroy()
    socket.write(body)
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  })
  return promise
}

quickOnly(describe)('programs that set up an instance', () => {
  test('keep only the `access_token` cookie, over plain HTTP too, and create an API key with it', async () => {
    await using running = await startApp()
    const jsonRequest = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const first = jsonRequest({ username: 'admin', email: 'admin@example.com' })
    const setUp = await fetch(`${running.url}/api/signup/setup`, first)
    expect(setUp.status).toBe(200)
    const cookies = setUp.headers.getSetCookie()
    const cookie = cookies.find((each) => each.startsWith('access_token='))?.split(';')[0] ?? ''
    const key = jsonRequest({ name: 'operator', expiresAt: '2050-01-01T00:00:00Z' }, { cookie })
    const created = await fetch(`${running.url}/api/api-keys`, key)
    expect(created.status).toBe(201)
    const { token } = (await created.json()) as { readonly token: string }
    const headers = { 'X-API-KEY': token }
    expect((await fetch(`${running.url}/api/users?search=admin`, { headers })).status).toBe(200)

    const again = await fetch(`${running.url}/api/signup/setup`, first)
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('Setup already completed')])
    const more = await fetch(`${running.url}/api/api-keys`, jsonRequest({}, headers))
    expect([more.status, await more.text()]).toEqual([403, expect.stringContaining('not allowed')])
  })
})
