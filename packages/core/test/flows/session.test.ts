import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import type { Account } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { decide, followRedirects, type Host, minute, second, signIn, startHost, viewOf, withRoutes } from './host.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { stopTime } from './stop-time.ts'

async function signInAda(host: Host) {
  const { client } = await host.client({ redirectUris: [redirectUri] })
  const { authenticator, account } = await host.person('ada')
  const url = authorizationUrl(host, client.id)
  const agent = new UserAgent()
  const page = await agent.follow(await agent.get(url))
  await decide(agent, await signIn(agent, page, authenticator))
  return { agent, url, account, authenticator }
}

async function readSession(host: Host, agent: UserAgent) {
  const cookie = agent.cookies().map(({ name, value }) => `${name}=${value}`)
  const req = new IncomingMessage(new Socket())
  req.headers = { host: new URL(host.issuer).host, cookie: cookie.join('; '), 'user-agent': 'Reader' }
  req.url = '/'
  const res = new ServerResponse(req)
  return { session: await host.pocket.session(req, res), set: String(res.getHeader('set-cookie') ?? '') }
}

/** A host that also signs users in with login codes. */
const withLoginCodeRoute = withRoutes((pocket, req, res, query) => ({
  '/enter': () => pocket.signIn.withCode(req, res, query('code')),
}))

const sessionCookie = (agent: UserAgent) => agent.cookies().find(({ name }) => name === 'access_token')?.value

describe('browser session', () => {
  test('gets a new ID when the authentication gets stronger, and the old ID becomes invalid', async () => {
    await using host = await startHost({ mount: withLoginCodeRoute })
    const { client } = await host.client({ redirectUris: [redirectUri], skipConsent: true })
    const { authenticator, account } = await host.person('ada')
    const url = authorizationUrl(host, client.id)
    const agent = new UserAgent()
    const { code } = await host.pocket.issueLoginCode(account, minute)
    await agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)
    const old = sessionCookie(agent)
    expect(old).toEqual(expect.any(String))
    expect((await agent.get(url)).location).toContain('code=')
    expect(sessionCookie(agent)).toBe(old)
    const page = await agent.follow(await agent.get(`${url}&prompt=login`))
    await signIn(agent, page, authenticator)
    expect(sessionCookie(agent)).not.toBe(old)
    const attacker = new UserAgent()
    const response = await attacker.get(`${url}&prompt=none`, { headers: { cookie: `access_token=${old}` } })
    expect(response.location).toContain('error=login_required')
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('code=')
  })

  test.each<[string, (host: Host, account: Account) => void]>([
    ['disabled', (host, account) => host.accounts.set(account.id, { ...account, disabled: true })],
    ['deleted', (host, account) => host.accounts.delete(account.id)],
  ])('is no session of an account that the host has %s, even without endAccess', async (_change, change) => {
    await using host = await startHost()
    const { agent, account } = await signInAda(host)
    expect((await readSession(host, agent)).session).toMatchObject({ accountId: account.id })
    change(host, account)
    expect((await readSession(host, agent)).session).toBeUndefined()
  })

  test('keeps its ID when the same user signs in again with the same method', async () => {
    await using host = await startHost()
    const { agent, url, authenticator } = await signInAda(host)
    const id = sessionCookie(agent)
    const page = await agent.follow(await agent.get(`${url}&prompt=login`))
    await signIn(agent, page, authenticator)
    expect(sessionCookie(agent)).toBe(id)
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('code=')
  })

  test('keeps a later sign-in when an earlier response is completed', async () => {
    await using host = await startHost({ mount: withLoginCodeRoute })
    const { client } = await host.client({ redirectUris: [redirectUri], skipConsent: true })
    const { authenticator, account } = await host.person('ada')
    const url = authorizationUrl(host, client.id)
    const agent = new UserAgent()
    const tab = await agent.follow(await agent.get(url))
    const { code } = await host.pocket.issueLoginCode(account, minute)
    await agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)
    const answered = await agent.get(tab.url)
    host.clock.pass(2 * second)
    await signIn(agent, await agent.follow(await agent.get(`${url}&prompt=login`)), authenticator)
    const { session } = await readSession(host, agent)
    expect(session?.acr).toBe('phr')
    expect((await followRedirects(agent, answered)).location).toContain('code=')
    expect((await readSession(host, agent)).session).toEqual(session)
  })

  test('accepts the time of a sign-in after the clock was set back', async () => {
    await using host = await startHost()
    host.clock.pass(30 * minute)
    const { agent, url, authenticator } = await signInAda(host)
    host.clock.pass(-30 * minute)
    const page = await agent.follow(await agent.get(`${url}&prompt=login`))
    const now = host.clock.now() / 1000
    await signIn(agent, page, authenticator)
    expect((await readSession(host, agent)).session?.authTime).toBeLessThan(now + minute / second)
  })

  test('stays unchanged if it cannot be stored under a new ID, and the new ID is not sent', async () => {
    await using host = await startHost({ mount: withLoginCodeRoute })
    const { agent, url, authenticator, account } = await signInAda(host)
    host.clock.pass(second)
    const { code } = await host.pocket.issueLoginCode(account, minute)
    await agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)
    const id = sessionCookie(agent)
    const page = await agent.follow(await agent.get(`${url}&prompt=login`))
    const { artifacts } = host.stores
    const replace = artifacts.replace.bind(artifacts)
    artifacts.replace = async (key, artifact, before) => {
      if (artifact.model === 'Session') throw new Error('the database went away')
      return replace(key, artifact, before)
    }
    await signIn(agent, page, authenticator).catch(() => undefined)
    expect(host.errors).not.toEqual([])
    artifacts.replace = replace
    expect(sessionCookie(agent)).toBe(id)
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('code=')
  })

  test('records its IP address and its clients, and loses its grants when it ends', async () => {
    await using host = await startHost()
    const { agent, url, account } = await signInAda(host)
    const [found, ...others] = await host.pocket.sessions.list(account.id)
    expect(others).toEqual([])
    expect(found).toMatchObject({
      accountId: account.id,
      acr: 'phr',
      ipAddress: expect.stringMatching(/127\.0\.0\.1|::1/),
      clientIds: [new URL(url).searchParams.get('client_id')],
    })
    expect(JSON.stringify(found)).not.toContain(sessionCookie(agent))
    const countGrants = async () => (await host.stores.artifacts.listByAccount('Grant', account.id)).length
    expect(await countGrants()).toBe(1)
    expect(await host.pocket.sessions.end(crypto.randomUUID(), found?.uid ?? '')).toBe(false)
    expect(await host.pocket.sessions.end(account.id, found?.uid ?? '')).toBe(true)
    expect(await host.pocket.sessions.end(account.id, found?.uid ?? '')).toBe(false)
    expect([await host.pocket.sessions.list(account.id), await countGrants()]).toEqual([[], 0])
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('error=login_required')
  })

  test('is extended by each use up to its maximum, and written once a minute', async () => {
    using _ = stopTime()
    await using host = await startHost({
      options: { sessionLifetime: async () => ({ length: 20 * 60, idle: 10 * 60 }) },
    })
    const { agent, url, account } = await signInAda(host)
    const { artifacts } = host.stores
    const calls: string[] = []
    for (const name of ['upsert', 'refresh', 'find'] as const) {
      const call = artifacts[name].bind(artifacts) as (...input: unknown[]) => Promise<never>
      artifacts[name] = async (...input: unknown[]) => {
        calls.push(name)
        return call(...input)
      }
    }
    const replace = artifacts.replace.bind(artifacts)
    artifacts.replace = async (key, artifact, before) => {
      if (artifact.model === 'Session') calls.push('replace')
      return replace(key, artifact, before)
    }
    const readAndCount = async () => {
      calls.length = 0
      const { set } = await readSession(host, agent)
      const output = calls.join()
      const [found] = await host.pocket.sessions.list(account.id)
      const left = Math.round(((found?.expiresAt ?? 0) - host.clock.now()) / second)
      return { calls: output, left, set, userAgent: found?.userAgent }
    }
    const closeToSeconds = (seconds: number) => expect.closeTo(seconds, -1)
    expect(await readAndCount()).toMatchObject({ calls: 'find', left: closeToSeconds(600), set: '' })
    host.clock.pass(59 * second)
    expect(await readAndCount()).toMatchObject({ calls: 'find', left: closeToSeconds(541) })
    host.clock.pass(2 * minute)
    expect(await readAndCount()).toMatchObject({
      calls: 'find,find,refresh',
      left: closeToSeconds(600),
      set: '',
      userAgent: 'Reader',
    })
    expect(await readAndCount()).toMatchObject({ calls: 'find', set: '' })
    calls.length = 0
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('code=')
    expect(calls).not.toContain('replace')
    host.clock.pass(2 * minute)
    calls.length = 0
    expect((await agent.get(`${url}&prompt=none`)).location).toContain('code=')
    expect(calls).toContain('replace')
    expect(await readAndCount()).toMatchObject({ calls: 'find', left: closeToSeconds(600) })
    host.clock.pass(9 * minute)
    expect(await readAndCount()).toMatchObject({ left: closeToSeconds(361) })
  })

  test('is neither created by a visit nor adopted from a forged cookie', async () => {
    await using host = await startHost()
    const { url, authenticator } = await signInAda(host)
    const visitor = new UserAgent()
    await visitor.get(url)
    expect(sessionCookie(visitor)).toBeUndefined()
    const agent = new UserAgent()
    const page = await agent.get(url, { headers: { cookie: 'access_token=mine' } })
    expect(sessionCookie(agent)).not.toBe('mine')
    const signInPage = await agent.get(page.location ?? '')
    expect(viewOf(signInPage)).toMatchObject({ view: 'sign-in' })
    await signIn(agent, signInPage, authenticator)
    expect(sessionCookie(agent)).toEqual(expect.any(String))
    expect(sessionCookie(agent)).not.toBe('mine')
  })

  test('is not stored in plain text, like all other credentials', async () => {
    await using host = await startHost()
    const stored: string[] = []
    for (const name of ['upsert', 'insert'] as const) {
      const store = host.stores.artifacts[name].bind(host.stores.artifacts) as (artifact: object) => Promise<never>
      host.stores.artifacts[name] = async (artifact: object) => {
        stored.push(JSON.stringify(artifact))
        return store(artifact)
      }
    }
    const { agent, url } = await signInAda(host)
    const { location } = await agent.get(url)
    const bearers = [
      new URL(location ?? '').searchParams.get('code') ?? '',
      ...agent.cookies().map(({ value }) => value),
    ]
    expect(stored.length).toBeGreaterThan(3)
    expect(bearers.filter((value) => value.length < 20)).toEqual([])
    for (const value of bearers) expect(stored.filter((text) => text.includes(value))).toEqual([])
  })
})
