import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { createTestDatabase, eventually, startTcpProxy, type TcpProxy } from '@pocket/test-support'
import { type Instance, startInstance } from '../e2e/instance.ts'
import { type Application, applicationSettings, signIn, withReloads } from '../replicas/relying-party.ts'
import { setUpAdministrator } from './app.ts'

jest.setTimeout(3_600_000)

const isLong = process.env.POCKET_FAULT_PAUSE !== undefined
const openInteractions = isLong ? 10_000 : 1000
const slowSenders = 300
const megabyte = 1024 * 1024
const apiKey = 'a static api key that is long enough'

const stack = new AsyncDisposableStack()
const passkey = new SoftwareAuthenticator()
let postgres: TcpProxy
let instance: Instance
let application: Application

beforeAll(async () => {
  const database = stack.use(await createTestDatabase())
  postgres = stack.use(await startTcpProxy(database.url))
  instance = stack.use(
    await startInstance('PostgreSQL', {
      // With the default timeouts: a shorter one would also end statements on a busy machine.
      DB_CONNECTION_STRING: postgres.url,
      ...{ STATIC_API_KEY: apiKey, TRUST_PROXY: '127.0.0.1', LOG_LEVEL: 'info' },
    }),
  )
  await setUpAdministrator(new UserAgent(), instance.url, passkey)
  const post = async (path: string, body: object = {}) => {
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const response = await fetch(instance.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as Readonly<Record<string, string>>
  }
  const { id = '' } = await post('/api/oidc/clients', applicationSettings)
  application = { id, secret: (await post(`/api/oidc/clients/${id}/secret`)).secret ?? '' }
})
afterAll(() => stack.disposeAsync())

const login = () => signIn(instance.url, application, new UserAgent(), passkey)
const authorizeUrl = () =>
  `${instance.url}/authorize?${new URLSearchParams({
    ...{ client_id: application.id, redirect_uri: 'https://app.example/callback', response_type: 'code' },
    ...{ scope: 'openid', state: 'x'.repeat(1000) },
  })}`
const residentMegabytes = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${instance.pid()}/status`, 'utf8'))?.[1]) / 1024

test('sign-ins finish while PostgreSQL is slow, get 503 while it is too slow, and finish afterwards', async () => {
  postgres.delay(100)
  expect((await login()).id_token).toMatch(/^ey/)
  postgres.delay(30_000)
  const refused = await fetch(authorizeUrl(), { redirect: 'manual' })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)])
  postgres.delay(0)
  await eventually(async () => expect((await login()).id_token).toMatch(/^ey/))
})

test('open interactions need no memory, and the first of them can still be finished', async () => {
  let reloads = 0
  const openInteraction = async (number: number, agent = new UserAgent()) => {
    const address = [10, number >> 16, (number >> 8) & 255, number & 255].join('.')
    const from = new UserAgent({ headers: { 'x-forwarded-for': address } })
    const page = await withReloads(
      async () => {
        const response = await (number === 0 ? agent : from).get(authorizeUrl())
        // On a busy machine a statement can take longer than the short timeouts of this instance.
        if (response.status === 503) throw new Error(`Interaction ${number} got 503`)
        return response
      },
      () => {
        reloads += 1
      },
    )
    expect([number, page.status]).toEqual([number, 303])
    return page
  }
  const openAll = async (first: number, end: number) => {
    let next = first
    const openNext = async () => {
      while (next < end) await openInteraction(next++)
    }
    await Promise.all(Array.from({ length: 8 }, openNext))
  }
  const oldest = new UserAgent()
  const begun = await openInteraction(0, oldest)
  await openAll(1, openInteractions / 4)
  const before = residentMegabytes()
  await openAll(openInteractions / 4, openInteractions)
  const grown = residentMegabytes() - before
  process.stdout.write(
    `${openInteractions} interactions: ${Math.round(before)} MB, then ${Math.round(grown)} MB more, ${reloads} reloads\n`,
  )
  expect(grown).toBeLessThan(100)
  const page = await oldest.follow(begun)
  expect([page.status, page.text.includes('data-ceremony')]).toEqual([200, true])
  expect((await login()).id_token).toMatch(/^ey/)
})

test(`slow senders prevent no sign-in${isLong ? ', and are disconnected' : ''}`, async () => {
  const { hostname, port } = new URL(instance.url)
  const closed = Array.from({ length: slowSenders }, (_, index) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    const isBody = index % 2 === 0
    socket.write(
      isBody
        ? `POST /api/oidc/token HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n`
        : 'GET / HTTP/1.1\r\nX-Slow: ',
    )
    const drip = setInterval(() => socket.write('a'), 500)
    stack.defer(() => {
      clearInterval(drip)
      socket.destroy()
    })
    socket.resume()
    return new Promise<void>((resolve) => {
      socket.on('close', () => {
        clearInterval(drip)
        resolve()
      })
    })
  })
  expect((await login()).id_token).toMatch(/^ey/)
  // The server waits for a minute.
  if (isLong) await Promise.all(closed)
})

test.each([
  ['POST', '/api/oidc/token', 'application/x-www-form-urlencoded'],
  ['POST', '/api/oidc/par', 'application/x-www-form-urlencoded'],
  ['POST', '/api/users', 'application/json'],
  ['PUT', '/api/application-images/logo', 'multipart/form-data; boundary=x'],
  ['POST', '/api/webauthn/login/finish', 'application/json'],
  ['POST', '/login/setup', 'application/json'],
])('%s %s rejects a body that is too large before it ends', async (method, path, type) => {
  const status = await new Promise<number | undefined>((resolve) => {
    const headers = { 'content-type': type, 'x-api-key': apiKey }
    const outgoing = request(instance.url + path, { method, headers })
    const chunk = Buffer.alloc(65_536, type.startsWith('multipart') ? '\r\n--x\r\n' : 'a')
    let sent = 0
    let isOver = false
    const end = (status?: number) => {
      isOver = true
      outgoing.destroy()
      resolve(status)
    }
    const send = () => {
      // More than any limit. The body does not end, so only the server can end the request.
      if (isOver || sent >= 32 * megabyte) return
      sent += chunk.length
      // In the next turn, so that a response is seen.
      if (outgoing.write(chunk)) setImmediate(send)
      else outgoing.once('drain', send)
    }
    outgoing.on('response', ({ statusCode }) => end(statusCode))
    outgoing.on('error', () => end())
    send()
  })
  // The connection may be reset before the response is read.
  expect(status ?? 413).toBeGreaterThanOrEqual(400)
  expect(status ?? 413).toBeLessThan(500)
})
