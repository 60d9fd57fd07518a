import { type RequestListener, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Account } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { startProcess } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { databases } from '../typeorm/databases.ts'
import { followRedirects, type Host, resumeUrl, signOut, startHost, viewOf, visit } from './host.ts'
import { authorizationUrl, followAuthorization, redirectUri, relyingParty } from './login.ts'
import { openSlowStores } from './slow-stores.ts'
import type { Task } from './token-process.ts'

async function startTokenProcess(task: Task) {
  const program = fileURLToPath(new URL('token-process.ts', import.meta.url))
  const flags = ['--conditions=pocket-source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const running = await startProcess(process.execPath, [...flags, program, JSON.stringify(task)], {
    readyWhen: /^ready (.*)$/,
  })
  const [commands, port = 0]: readonly number[] = JSON.parse(running.ready[1] ?? '')
  const register = (account: Account) =>
    fetch(`http://127.0.0.1:${commands}/accounts`, { method: 'POST', body: JSON.stringify([account]) })
  return { running, port, register }
}

interface Network {
  /** Whether the other process serves requests too. */
  isShared: boolean
  /** Resolves when a response of the other process is passed on. */
  deliver: () => Promise<unknown>
}

/** Forwards requests; each response waits for `deliver` before it is passed on. */
function forwardTo(port: number, deliver: () => Promise<unknown>): RequestListener {
  return (req, res) => {
    const { method = 'GET', url: path = '/', headers } = req
    const forwarded = request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      await deliver()
      res.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(res)
    })
    req.pipe(forwarded)
  }
}

describe.each(databases)('authorizations in two processes over one slow %s', (_kind, open) => {
  const stack = new AsyncDisposableStack()
  const network: Network = { isShared: true, deliver: async () => {} }
  let host: Host
  let register: (account: Account) => Promise<unknown>

  beforeAll(async () => {
    const { database, startedAt, stores, clock } = await openSlowStores(stack, open)
    let [turn, other]: [number, RequestListener | undefined] = [0, undefined]
    host = stack.use(
      await startHost({
        stores,
        options: { clock },
        mount: (pocket) => {
          const here = pocket.callback()
          return (req, res) => {
            const isConsent =
              req.method === 'POST' && req.url?.startsWith('/interaction/') && req.url.includes('consent')
            const isShared = (isConsent || req.url?.startsWith('/authorize')) && turn++ % 2 === 1
            return isShared && network.isShared && other ? other(req, res) : here(req, res)
          }
        },
      }),
    )
    const { account } = await host.person('ada')
    const leeways = { [host.issuer]: 0 }
    const another = await startTokenProcess({ database: database.address, startedAt, account, leeways })
    stack.use(another.running)
    register = another.register
    other = forwardTo(another.port, () => network.deliver())
  })
  afterAll(() => stack.disposeAsync())

  /** A new user of both processes, with a session. */
  async function start() {
    Object.assign(network, { isShared: true, deliver: async () => {} })
    const person = await host.person('ada')
    await register(person.account)
    const agent = new UserAgent()
    const first = await relyingParty(host, { client: { skipConsent: true } })
    await followAuthorization(host, authorizationUrl(host, first), { agent, person })
    return { agent, person }
  }

  test('are all revoked by one sign-out, for one client or many', async () => {
    const { agent, person } = await start()
    const different = await Promise.all(
      Array.from({ length: 16 }, () => relyingParty(host, { client: { skipConsent: true } })),
    )
    const same = await relyingParty(host, { client: { skipConsent: true } })
    const parties = [...different, ...Array.from({ length: 8 }, () => same)]
    const responses = await Promise.all(parties.map((party) => agent.get(authorizationUrl(host, party))))
    expect(responses.filter(({ location }) => !location?.startsWith(redirectUri))).toEqual([])
    const tokens = await Promise.all(
      responses.map(({ location }, index) =>
        oidc.authorizationCodeGrant((parties[index] ?? same).configuration, new URL(location ?? '')),
      ),
    )
    const [session, ...others] = await host.pocket.sessions.list(person.account.id)
    expect(others).toEqual([])
    expect(session?.clientIds).toEqual(expect.arrayContaining(parties.map(({ client }) => client.id)))
    await signOut(host, agent)
    const active = await Promise.all(
      tokens.map(
        async ({ refresh_token = '' }, index) =>
          (await oidc.tokenIntrospection((parties[index] ?? same).configuration, refresh_token)).active,
      ),
    )
    expect(active).toEqual(tokens.map(() => false))
    expect(host.errors).toEqual([])
  })

  test('that continue from several sign-in pages concurrently keep one session', async () => {
    const { person } = await start()
    const agent = new UserAgent()
    const tabs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const party = await relyingParty(host, { client: { skipConsent: true } })
        return { party, shown: await agent.follow(await agent.get(authorizationUrl(host, party))) }
      }),
    )
    const first = await relyingParty(host, { client: { skipConsent: true } })
    await followAuthorization(host, authorizationUrl(host, first), { agent, person })
    const resumes = await Promise.all(tabs.map(({ shown }) => agent.get(shown.url)))
    const pages = await Promise.all(resumes.map((page) => followRedirects(agent, page)))
    const tokens = await Promise.all(
      tabs.map(({ party }, index) =>
        oidc.authorizationCodeGrant(party.configuration, new URL(pages[index]?.location ?? '')),
      ),
    )
    expect((await agent.get(`${authorizationUrl(host, first)}&prompt=none`)).location).toContain('code=')
    await signOut(host, agent)
    const active = tabs.map(({ party }, index) =>
      oidc.tokenIntrospection(party.configuration, tokens[index]?.refresh_token ?? ''),
    )
    expect((await Promise.all(active)).map((each) => each.active)).toEqual(tabs.map(() => false))
    expect(host.errors).toEqual([])
  })

  test('whose responses arrive after another user has signed in do not replace that session', async () => {
    const { agent, person } = await start()
    const [party, other] = [await relyingParty(host, { client: { skipConsent: true } }), await host.person('grace')]
    const [finished, delivery] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    network.deliver = () => {
      finished.resolve()
      return delivery.promise
    }
    // One of them is answered by the other process.
    const late = Promise.all([agent.get(authorizationUrl(host, party)), agent.get(authorizationUrl(host, party))])
    await finished.promise
    // The other process does not know the second user.
    network.isShared = false
    await followAuthorization(host, `${authorizationUrl(host, party)}&prompt=login`, { agent, person: other })
    delivery.resolve()
    for (const { location } of await late) expect(location).toContain('code=')
    const { location } = await agent.get(`${authorizationUrl(host, party)}&prompt=none`)
    const tokens = await oidc.authorizationCodeGrant(party.configuration, new URL(location ?? ''))
    expect(tokens.claims()?.sub).toBe(other.account.id)
    expect(await host.pocket.sessions.list(person.account.id)).toHaveLength(1)
    expect(host.errors).toEqual([])
  })

  test.each([
    ['after a sign-in', false],
    ['after a sign-in in a browser with a session', true],
  ])('that resume the same interaction at once %s keep one session', async (_when, withSession) => {
    const { agent: signedIn, person } = await start()
    for (let round = 0; round < 4; round++) {
      const agent = withSession ? signedIn : new UserAgent()
      const party = await relyingParty(host, { client: { skipConsent: true } })
      const shown = await visit(agent, `${authorizationUrl(host, party)}${withSession ? '&prompt=login' : ''}`)
      const resume = await resumeUrl(agent, shown, person.authenticator)
      const pages = await Promise.all(Array.from({ length: 4 }, () => agent.get(resume)))
      expect(pages.filter(({ status }) => status >= 500)).toEqual([])
      const arrived = pages.filter(({ location }) => location?.includes('code='))
      for (const { status, location } of pages.filter((each) => !arrived.includes(each)))
        expect([status, location]).toEqual([400, null])
      const tokens = await Promise.all(
        arrived.map(({ location }) => oidc.authorizationCodeGrant(party.configuration, new URL(location ?? ''))),
      )
      expect(tokens.length).toBeGreaterThan(0)
      expect((await agent.get(`${authorizationUrl(host, party)}&prompt=none`)).location).toContain('code=')
      if (withSession) continue
      await signOut(host, agent)
      const active = tokens.map(({ refresh_token = '' }) => oidc.tokenIntrospection(party.configuration, refresh_token))
      expect((await Promise.all(active)).map((each) => each.active)).toEqual(tokens.map(() => false))
    }
    expect(await host.pocket.sessions.list(person.account.id)).toHaveLength(1)
    expect(host.errors).toEqual([])
  })

  test('that are allowed twice concurrently keep their session', async () => {
    const { agent } = await start()
    const party = await relyingParty(host)
    const shown = await agent.follow(await agent.get(authorizationUrl(host, party)))
    const view = viewOf(shown, 'consent')
    const to = new URL(view.submitTo, shown.url).href
    const pressed = await Promise.all([agent.postForm(to, {}), agent.postForm(to, {})])
    const pages = await Promise.all(pressed.map((page) => followRedirects(agent, page)))
    expect(pages.filter(({ status }) => status >= 500)).toEqual([])
    const arrived = pages.flatMap(({ location }) => (location?.includes('code=') ? [new URL(location)] : []))
    expect(arrived.length).toBeGreaterThan(0)
    const tokens = await Promise.all(arrived.map((url) => oidc.authorizationCodeGrant(party.configuration, url)))
    expect((await agent.get(`${authorizationUrl(host, party)}&prompt=none`)).location).toContain('code=')
    await signOut(host, agent)
    const active = tokens.map(({ refresh_token = '' }) => oidc.tokenIntrospection(party.configuration, refresh_token))
    expect((await Promise.all(active)).map((each) => each.active)).toEqual(tokens.map(() => false))
    expect(host.errors).toEqual([])
  })

  const ends: readonly (readonly [string, (host: Host, accountId: string, uid: string) => Promise<unknown>])[] = [
    ['a sign-out everywhere', ({ pocket }, accountId) => pocket.sessions.endOthers(accountId, null)],
    ['the end of their session', ({ pocket }, accountId, uid) => pocket.sessions.end(accountId, uid)],
    ['the end of access', ({ pocket }, accountId) => pocket.endAccess(accountId)],
    ['the removal of their user', ({ pocket }, accountId) => pocket.forgetAccount(accountId)],
  ]

  test.each(ends)('that overlap %s are revoked or rejected', async (_what, end) => {
    const { agent, person } = await start()
    const parties = await Promise.all(
      Array.from({ length: 12 }, () => relyingParty(host, { client: { skipConsent: true } })),
    )
    const [session] = await host.pocket.sessions.list(person.account.id)
    const started = parties.map((party) => agent.get(authorizationUrl(host, party)))
    await Promise.race(started)
    await end(host, person.account.id, session?.uid ?? '')
    const responses = await Promise.all(started)
    expect(responses.map(({ status }) => status).filter((status) => status >= 500)).toEqual([])
    const { artifacts } = host.stores
    const left = ['Session', 'Grant'].map((model) => artifacts.listByAccount(model, person.account.id))
    expect((await Promise.all(left)).flat()).toEqual([])
    const exchanges = await Promise.allSettled(
      responses.flatMap(({ location }, index) => {
        const party = parties[index]
        return party && location?.includes('code=')
          ? [oidc.authorizationCodeGrant(party.configuration, new URL(location))]
          : []
      }),
    )
    expect(exchanges.filter(({ status }) => status === 'fulfilled')).toEqual([])
    expect(host.errors).toEqual([])
  })
})
