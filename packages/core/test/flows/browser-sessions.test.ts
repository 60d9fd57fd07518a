import type { RequestListener, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pocket } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { type Host, hour, minute, resumeUrl, signOut, startHostOver, withRoutes } from './host.ts'
import { authorizationUrl, followAuthorization, relyingParty } from './login.ts'
import { cookieHeader } from './requests.ts'

/** A response that the server has finished and the browser has not yet received. */
interface LateResponse {
  readonly finished: PromiseWithResolvers<void>
  readonly delivery: PromiseWithResolvers<void>
  readonly url: string
}

describe.each(Object.entries(storeKinds))('sessions of one browser over %s', (_kind, open) => {
  let late: LateResponse | undefined

  const delayResponse = (res: ServerResponse, { finished, delivery }: LateResponse) => {
    const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse
    const endLate = (...args: unknown[]) => {
      finished.resolve()
      void delivery.promise.then(() => end(...args))
      return res
    }
    Object.assign(res, { end: endLate })
  }
  /** Also signs users in with login codes and out. */
  const routes = withRoutes((pocket, req, res, query) => ({
    '/enter': () => pocket.signIn.withCode(req, res, query('code')),
    '/leave': () => pocket.signOut(req, res),
    '/who': async () => (await pocket.session(req, res)) ?? {},
  }))
  const mount = (pocket: Pocket): RequestListener => {
    const handle = routes(pocket)
    return (req, res) => {
      if (late?.url === new URL(req.url ?? '/', pocket.issuer).href) delayResponse(res, late)
      return handle(req, res)
    }
  }

  const host = shareBetweenTests(() => startHostOver(open, { mount }))

  const createParty = () => relyingParty(host, { client: { skipConsent: true } })
  type Party = Awaited<ReturnType<typeof createParty>>
  const readAccountId = async (agent: UserAgent) =>
    ((await agent.get(`${host.issuer}/who`)).json() as { accountId?: string }).accountId
  const countSessions = async (accountId: string) => (await host.pocket.sessions.list(accountId)).length
  const signInWithCode = async (agent: UserAgent, account: Awaited<ReturnType<Host['person']>>['account']) => {
    const { code } = await host.pocket.issueLoginCode(account, minute)
    await agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)
  }

  /** Sends a request whose response arrives after `meanwhile`. */
  async function getWithLateResponse(agent: UserAgent, url: string, meanwhile: () => Promise<unknown>) {
    late = { finished: Promise.withResolvers(), delivery: Promise.withResolvers(), url }
    const { finished, delivery } = late
    const response = agent.get(url)
    await finished.promise
    late = undefined
    await meanwhile()
    delivery.resolve()
    return response
  }
  const authorizeLate = (agent: UserAgent, party: Party, meanwhile: () => Promise<unknown>) =>
    getWithLateResponse(agent, authorizationUrl(host, party, { prompt: 'none' }), meanwhile)

  test('remain when an earlier response arrives after their ID has changed, so that a sign-out ends them', async () => {
    const [person, party] = [await host.person('ada'), await createParty()]
    const agent = new UserAgent()
    await signInWithCode(agent, person.account)
    const { location } = await authorizeLate(agent, party, () =>
      followAuthorization(host, authorizationUrl(host, party, { prompt: 'login' }), { agent, person }),
    )
    expect(await readAccountId(agent)).toBe(person.account.id)
    const tokens = await oidc.authorizationCodeGrant(party.configuration, new URL(location ?? ''))
    await agent.get(`${host.issuer}/leave`)
    const { active } = await oidc.tokenIntrospection(party.configuration, tokens.refresh_token ?? '')
    expect([active, await countSessions(person.account.id)]).toEqual([false, 0])
  })

  test('remain when an earlier response of another user arrives late', async () => {
    const [first, second, party] = [await host.person('ada'), await host.person('grace'), await createParty()]
    const agent = new UserAgent()
    await followAuthorization(host, authorizationUrl(host, party), { agent, person: first })
    const other = await createParty()
    await authorizeLate(agent, party, () =>
      followAuthorization(host, authorizationUrl(host, other, { prompt: 'login' }), { agent, person: second }),
    )
    expect(await readAccountId(agent)).toBe(second.account.id)
    await agent.get(`${host.issuer}/leave`)
    expect([await countSessions(first.account.id), await countSessions(second.account.id)]).toEqual([0, 0])
  })

  test('remain when a request has an ID that has just become invalid', async () => {
    const [person, party] = [await host.person('ada'), await createParty()]
    const agent = new UserAgent()
    await signInWithCode(agent, person.account)
    const before = agent.cookies().find(({ name }) => name === 'access_token')?.value
    await followAuthorization(host, authorizationUrl(host, party, { prompt: 'login' }), { agent, person })
    await agent.get(authorizationUrl(host, party, { prompt: 'none' }), {
      headers: { cookie: `access_token=${before}` },
    })
    expect(await readAccountId(agent)).toBe(person.account.id)
  })

  describe.each([false, true])('with interactions in URLs: %j', (areInUrls) => {
    const restoring = new DisposableStack()
    beforeAll(() => {
      const { artifacts } = host.stores
      const { insertPending } = artifacts
      restoring.defer(() => Object.assign(artifacts, { insertPending }))
      if (areInUrls) artifacts.insertPending = async () => false
    })
    afterAll(() => restoring.dispose())

    /** Signs in with a code, and the session ends. */
    async function createEndedSession() {
      const [person, party] = [await host.person('ada'), await createParty()]
      const agent = new UserAgent()
      await signInWithCode(agent, person.account)
      await host.pocket.sessions.endOthers(person.account.id, null)
      return { person, party, agent }
    }

    test('remain when the redirect to the sign-in page arrives late', async () => {
      const { person, party, agent } = await createEndedSession()
      const other = await createParty()
      const { location } = await getWithLateResponse(agent, authorizationUrl(host, party), () =>
        followAuthorization(host, authorizationUrl(host, other), { agent, person }),
      )
      expect(new URL(location ?? '').searchParams.has('interaction')).toBe(areInUrls)
      expect(await readAccountId(agent)).toBe(person.account.id)
      await agent.get(`${host.issuer}/leave`)
      expect(await countSessions(person.account.id)).toBe(0)
    })

    test('remain when the response to a client arrives after the sign-in of another user', async () => {
      const { person, party, agent } = await createEndedSession()
      const page = await agent.follow(await agent.get(authorizationUrl(host, party)))
      expect(new URL(page.url).searchParams.has('interaction')).toBe(areInUrls)
      const resume = await resumeUrl(agent, page, person.authenticator)
      const [second, other] = [await host.person('grace'), await createParty()]
      const { location } = await getWithLateResponse(agent, resume, () =>
        followAuthorization(host, authorizationUrl(host, other, { prompt: 'login' }), { agent, person: second }),
      )
      expect(location).toContain('code=')
      expect(await readAccountId(agent)).toBe(second.account.id)
      await agent.get(`${host.issuer}/leave`)
      expect([await countSessions(person.account.id), await countSessions(second.account.id)]).toEqual([0, 0])
    })
  })

  const signOuts: readonly (readonly [string, (agent: UserAgent, idToken: string) => Promise<unknown>])[] = [
    ['the host', (agent) => agent.get(`${host.issuer}/leave`)],
    ['the end-session page', (agent) => signOut(host, agent)],
    [
      'a client with an ID token',
      (agent, idToken) =>
        agent.get(`${host.issuer}/api/oidc/end-session?${new URLSearchParams({ id_token_hint: idToken })}`),
    ],
  ]

  test.each(signOuts)('of users who signed in at once all end at a sign-out through %s', async (_through, signOut) => {
    const people = [await host.person('ada'), await host.person('grace')]
    const parties = [await createParty(), await createParty()]
    const agent = new UserAgent()
    // The first page binds the ceremonies to the browser.
    await agent.follow(await agent.get(authorizationUrl(host, await createParty())))
    const tabs = await Promise.all(
      parties.map(async (party) => agent.follow(await agent.get(authorizationUrl(host, party)))),
    )
    const resumed = await Promise.all(
      tabs.map((tab, index) => resumeUrl(agent, tab, (people[index] as (typeof people)[0]).authenticator)),
    )
    const activeAccount = await readAccountId(agent)
    const active = people.findIndex(({ account }) => account.id === activeAccount)
    const party = parties[active] as Party
    const { location } = await agent.get(resumed[active] ?? '')
    const { id_token: idToken = '' } = await oidc.authorizationCodeGrant(party.configuration, new URL(location ?? ''))
    await signOut(agent, idToken)
    expect(await Promise.all(people.map(({ account }) => countSessions(account.id)))).toEqual([0, 0])
  })

  test('that the browser can switch between remain when one of them ends at the end-session page', async () => {
    const [first, second, party] = [await host.person('ada'), await host.person('grace'), await createParty()]
    const agent = new UserAgent()
    await followAuthorization(host, authorizationUrl(host, party), { agent, person: first })
    await followAuthorization(host, authorizationUrl(host, party, { prompt: 'login' }), { agent, person: second })
    await signOut(host, agent)
    expect([await countSessions(first.account.id), await countSessions(second.account.id)]).toEqual([1, 0])
  })

  test('that started with a login code end at a sign-out even if their cookie is lost', async () => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    await signInWithCode(agent, person.account)
    const cookie = cookieHeader(agent, ({ name }) => name !== 'access_token')
    expect(await countSessions(person.account.id)).toBe(1)
    await agent.get(`${host.issuer}/leave`, { headers: { cookie } })
    expect(await countSessions(person.account.id)).toBe(0)
  })

  test('that started concurrently in a browser without cookies all end at a sign-out', async () => {
    const people = [await host.person('ada'), await host.person('ada'), await host.person('grace')]
    const agent = new UserAgent()
    const codes = await Promise.all(people.map(({ account }) => host.pocket.issueLoginCode(account, minute)))
    await Promise.all(codes.map(({ code }) => agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)))
    expect(await Promise.all(people.map(({ account }) => countSessions(account.id)))).toEqual([1, 1, 1])
    await agent.get(`${host.issuer}/leave`)
    expect(await Promise.all(people.map(({ account }) => countSessions(account.id)))).toEqual([0, 0, 0])
  })

  test('are read for a limited number of identifiers in cookies', async () => {
    const { sessionHistory } = host.stores
    const originsInBrowser = sessionHistory.originsInBrowser.bind(sessionHistory)
    const read = new Set<string>()
    sessionHistory.originsInBrowser = (browser) => {
      read.add(browser)
      return originsInBrowser(browser)
    }
    const ids = Array.from({ length: 100 }, (_, index) => String(index).padStart(43, '0').split('').reverse().join(''))
    const cookie = ids.map((id) => `session_${id.slice(0, 8)}=${id}`).join('; ')
    await fetch(`${host.issuer}/leave`, { headers: { cookie } })
    sessionHistory.originsInBrowser = originsInBrowser
    expect([...read]).toEqual(ids.slice(-16))
  })

  test('are extended by each use without a new cookie', async () => {
    const [person, party] = [await host.person('ada'), await createParty()]
    const agent = new UserAgent({ clock: host.clock })
    await followAuthorization(host, authorizationUrl(host, party), { agent, person })
    for (let uses = 0; uses < 4; uses++) {
      host.clock.pass(hour / 2)
      const { location, headers } = await agent.get(authorizationUrl(host, party, { prompt: 'none' }))
      expect([location, headers.getSetCookie()]).toEqual([expect.stringContaining('code='), []])
      expect(await readAccountId(agent)).toBe(person.account.id)
    }
  })
})
