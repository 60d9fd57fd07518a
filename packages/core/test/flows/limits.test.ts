import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { quickOnly, startHttpServer } from '@pocket/test-support'
import { PocketError } from '../../src/errors.ts'
import { storeKinds } from '../contracts/store-kinds.ts'
import { answerCeremony, type Host, type HostOptions, second, startHost } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { sendForm, sendJson } from './requests.ts'
import { stopTime } from './stop-time.ts'

function startLimited(stores?: HostOptions['stores']) {
  const options = { limits: { rateLimiter: undefined }, trustProxy: () => true }
  return startHost(stores ? { stores, options } : { options })
}

async function requestToken(host: Host, id: string, secret: string, address = '192.0.2.1') {
  const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}`, 'x-forwarded-for': address }
  const response = await sendForm(host, 'token', { grant_type: 'client_credentials' }, headers)
  await response.text()
  return response
}

async function requestWithWrongSecrets(host: Host, id: string, count: number): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let tries = 0; tries < count; tries++) statuses.push((await requestToken(host, id, `wrong ${tries}`)).status)
  return statuses
}

/** Returns a function that returns the number of store calls so far. */
function countConsumptions({ stores: { limits } }: Host) {
  const take = limits.consume.bind(limits)
  let callCount = 0
  limits.consume = (request) => {
    callCount += 1
    return take(request)
  }
  return () => callCount
}

async function openSignInPage(host: Host, clientId: string) {
  const agent = new UserAgent()
  return { agent, page: await agent.follow(await agent.get(authorizationUrl(host, clientId))) }
}

// The limits refill over time, so the tests stop the clock.
let stopped: Disposable
beforeEach(() => {
  stopped = stopTime()
})
afterEach(() => stopped[Symbol.dispose]())

describe.each(Object.entries(storeKinds))('%s', (_kind, open) => {
  test('blocks a client after wrong secrets for a while, and no other client', async () => {
    await using database = await open()
    const stores = await database.empty()
    await using host = await startLimited(stores)
    await using other = await startLimited(stores)
    const { client, secret } = await host.client({ redirectUris: [redirectUri] })
    const another = await host.client({ redirectUris: [redirectUri] })
    expect((await requestToken(host, client.id, secret)).status).toBe(200)
    expect(await requestWithWrongSecrets(host, client.id, 12)).toEqual([...Array<number>(10).fill(401), 429, 429])
    const refused = await requestToken(host, client.id, secret)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^[1-6]$/)])
    expect((await requestToken(host, client.id, secret, '192.0.2.2')).status).toBe(200)
    expect((await requestToken(host, another.client.id, another.secret)).status).toBe(200)
    // Another process learns of the block with its first failed attempt.
    expect(await requestWithWrongSecrets(other, client.id, 3)).toEqual([401, 429, 429])
    host.clock.pass(6 * second)
    expect((await requestToken(host, client.id, secret)).status).toBe(200)
    expect(host.errors).toEqual([])
  })

  test('counts failures at introspection, revocation, pushed requests and devices together with the token endpoint', async () => {
    await using database = await open()
    await using host = await startLimited(await database.empty())
    const { client, secret } = await host.client({ redirectUris: [redirectUri] })
    const post = (endpoint: string, form: Record<string, string>) => sendForm(host, endpoint, form)
    const endpoints = ['introspect', 'revoke', 'par', 'token', 'device/authorize']
    const form = { client_id: client.id, client_secret: 'wrong', token: 'x', grant_type: 'client_credentials' }
    for (const endpoint of [...endpoints, ...endpoints])
      expect([endpoint, (await post(endpoint, form)).status]).toEqual([endpoint, 401])
    for (const endpoint of endpoints) {
      const refused = await post(endpoint, { ...form, client_secret: secret })
      expect([refused.status, await refused.json()]).toEqual([
        429,
        { error: 'temporarily_unavailable', error_description: expect.any(String) },
      ])
    }
  })

  test('writes at most one statement per interval during a flood, and removes refilled rows', async () => {
    await using database = await open()
    await using host = await startLimited(await database.empty())
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const asked = countConsumptions(host)
    await requestWithWrongSecrets(host, client.id, 40)
    expect(asked()).toBe(10)
    host.clock.pass(6 * second)
    await requestWithWrongSecrets(host, client.id, 10)
    expect(asked()).toBe(11)
    host.clock.pass(3600 * second)
    expect(await host.pocket.removeExpired(1000)).toBe(1)
  })
})

quickOnly(test)('allows ten anonymous client registrations in a burst', async () => {
  await using host = await startLimited()
  const statuses: number[] = []
  const register = (token?: string) =>
    sendJson('POST', `${host.issuer}/api/oidc/register`, { redirect_uris: [redirectUri] }, token)
  for (let tries = 0; tries < 12; tries++) statuses.push((await register()).status)
  expect(statuses.map((status) => status === 429)).toEqual([...Array<boolean>(10).fill(false), true, true])
  expect((await register('x')).status).not.toBe(429)
})

quickOnly(test)('allows ten sign-ins within an authorization in a burst, and one more every five seconds', async () => {
  await using host = await startLimited()
  const { client } = await host.client({ redirectUris: [redirectUri] })
  const { authenticator } = await host.person('ada')
  const { agent, page } = await openSignInPage(host, client.id)
  const loginAt = `${page.url}/login`
  const statuses: number[] = []
  for (let tries = 0; tries < 12; tries++) statuses.push((await agent.postJson(loginAt, { response: {} })).status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  const refused = await answerCeremony(agent, page, authenticator)
  expect([refused.status, refused.headers.get('retry-after'), refused.json()]).toEqual([
    429,
    expect.stringMatching(/^[1-5]$/),
    expect.objectContaining({ code: 'rate_limited' }),
  ])
  // The challenge is still unused.
  host.clock.pass(5 * second)
  expect((await answerCeremony(agent, page, authenticator)).status).toBe(200)
  expect(host.events.filter((event) => 'code' in event && event.code === 'rate_limited')).toHaveLength(1)
})

quickOnly(test)('accepts passkeys and rejects login codes while the limits store fails', async () => {
  await using host = await startLimited()
  const { client } = await host.client({ redirectUris: [redirectUri] })
  const { account, authenticator } = await host.person('ada')
  host.stores.limits.consume = () => Promise.reject(new Error('the database went away'))
  const { agent, page } = await openSignInPage(host, client.id)
  expect((await answerCeremony(agent, page, authenticator)).status).toBe(200)
  const { code } = await host.pocket.issueLoginCode(account, 60 * second)
  expect(await readOutcome((req, res) => host.pocket.signIn.withCode(req, res, code))).toBe('rate_limited')
  expect(host.errors).toHaveLength(2)
})

/** Runs the work in a separate request, and returns the outcome. */
async function readOutcome(work: (req: IncomingMessage, res: ServerResponse) => Promise<unknown>): Promise<string> {
  await using server = await startHttpServer(async (req, res) => {
    const result = await work(req, res).then(
      () => 'done',
      (error: unknown) => (error instanceof PocketError ? error.code : String(error)),
    )
    res.end(result)
  })
  return await (await fetch(server.url)).text()
}
