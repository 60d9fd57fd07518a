import { describe, expect, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { answerCeremony, startHostOver, viewOf } from './host.ts'
import { followAuthorization, isRedirectUri, redirectUri, relyingParty } from './login.ts'

const launchUrl = 'https://app.example/start'

describe.each(Object.entries(storeKinds))('parallel interactions over %s', (_kind, open) => {
  const host = shareBetweenTests(() => startHostOver(open))

  const createParty = (skipConsent = true) => relyingParty(host, { client: { skipConsent, launchUrl } })
  type Party = Awaited<ReturnType<typeof createParty>>

  const authorizationUrl = ({ client }: Party, extra: Readonly<Record<string, string>> = {}) => {
    const query = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', ...extra }
    return `${host.issuer}/authorize?${new URLSearchParams(query)}`
  }
  const until = { until: isRedirectUri }

  /** All requests at the same step read the session before any of them continues. */
  function synchronizeSessionReads(times: number) {
    const { artifacts } = host.stores
    const find = artifacts.find.bind(artifacts)
    const all = Promise.withResolvers<void>()
    let come = 0
    artifacts.find = async (key) => {
      const found = await find(key)
      if (found?.model === 'Session' && come < times) {
        if (++come === times) all.resolve()
        await all.promise
      }
      return found
    }
    return () => {
      artifacts.find = find
      return come
    }
  }

  async function signOut(agent: UserAgent) {
    const page = viewOf(await agent.get(`${host.issuer}/api/oidc/end-session`))
    if (page.view !== 'sign-out') throw new Error(`Not a sign-out page: ${JSON.stringify(page)}`)
    await agent.postForm(page.submitTo, { ...page.hidden, [page.confirm.name]: page.confirm.value })
  }

  /** Each tab has its code, the session exists, and a sign-out revokes all tokens. */
  async function expectOneSession(agent: UserAgent, tabs: readonly { party: Party; page: UserAgentResponse }[]) {
    const tokens = await Promise.all(
      tabs.map(({ party, page }) => oidc.authorizationCodeGrant(party.configuration, new URL(page.location ?? ''))),
    )
    const [first] = tabs
    const silent = first && (await agent.get(authorizationUrl(first.party, { prompt: 'none' })))
    expect(silent?.location).toContain('code=')
    await signOut(agent)
    const active = await Promise.all(
      tokens.map(
        async ({ refresh_token = '' }, index) =>
          (await oidc.tokenIntrospection(tabs[index]?.party.configuration as never, refresh_token)).active,
      ),
    )
    expect(active).toEqual(tabs.map(() => false))
    expect(host.errors).toEqual([])
  }

  const openTabs = async (agent: UserAgent, count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const party = await createParty()
        return { party, shown: await agent.follow(await agent.get(authorizationUrl(party))) }
      }),
    )

  test.each([2, 4])('returns a code to each of %i tabs when all continue after one sign-in', async (count) => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const tabs = await openTabs(agent, count)
    await followAuthorization(host, authorizationUrl(await createParty()), { agent, person })
    const resumes = await Promise.all(tabs.map(({ shown }) => agent.get(shown.url)))
    const over = synchronizeSessionReads(count)
    const pages = await Promise.all(resumes.map((page) => agent.follow(page, until)))
    expect(over()).toBe(count)
    await expectOneSession(
      agent,
      tabs.map(({ party }, index) => ({ party, page: pages[index] as UserAgentResponse })),
    )
  })

  test.each([2, 4])(
    'returns a code to each of %i tabs when the user signs in in all of them concurrently',
    async (count) => {
      const { authenticator } = await host.person('ada')
      const agent = new UserAgent()
      // The first page binds the ceremony to the browser.
      await agent.follow(await agent.get(authorizationUrl(await createParty())))
      const tabs = await openTabs(agent, count)
      const pages = await Promise.all(
        tabs.map(async ({ shown }) => {
          const response = await answerCeremony(agent, shown, authenticator)
          const { redirectTo } = response.json() as { redirectTo: string }
          return agent.follow(await agent.get(new URL(redirectTo, shown.url).href), until)
        }),
      )
      await expectOneSession(
        agent,
        tabs.map(({ party }, index) => ({ party, page: pages[index] as UserAgentResponse })),
      )
    },
  )

  test('keeps the session when "Allow" is pressed twice', async () => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const first = await createParty()
    await followAuthorization(host, authorizationUrl(first), { agent, person })
    const party = await createParty(false)
    const shown = await agent.follow(await agent.get(authorizationUrl(party)))
    const view = viewOf(shown)
    if (view.view !== 'consent') throw new Error(`Not a consent page: ${JSON.stringify(view)}`)
    const to = new URL(view.submitTo, shown.url).href
    const pressed = await Promise.all([agent.postForm(to, {}), agent.postForm(to, {})])
    const pages = await Promise.all(pressed.map((page) => agent.follow(page, until)))
    const arrived = pages.filter(({ location }) => location?.includes('code='))
    const received = pages.filter(({ location }) => location === null)
    expect(arrived.length).toBeGreaterThan(0)
    for (const page of received)
      expect(viewOf(page)).toMatchObject({ view: 'error', code: 'interaction_expired', retryAt: launchUrl })
    await expectOneSession(agent, [{ party, page: arrived[0] as UserAgentResponse }])
  })

  test('says that a sign-in is finished, and links to a new start', async () => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const party = await createParty()
    const shown = await agent.follow(await agent.get(authorizationUrl(party)))
    const response = await answerCeremony(agent, shown, person.authenticator)
    const { redirectTo } = response.json() as { redirectTo: string }
    const resume = new URL(redirectTo, shown.url).href
    expect((await agent.get(resume)).location).toContain('code=')
    for (const url of [resume, shown.url]) {
      const page = await agent.get(url)
      expect(page.status).toBeLessThan(500)
      expect(viewOf(page)).toMatchObject({ view: 'error', code: 'interaction_expired', retryAt: launchUrl })
    }
    expect(host.errors).toEqual([])
  })

  test.each([
    ['the interaction is read', 'find'],
    ['the consent is stored', 'replace'],
  ] as const)('links to a new start if another "Allow" finishes before %s', async (_step, method) => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    await followAuthorization(host, authorizationUrl(await createParty()), { agent, person })
    const party = await createParty(false)
    const shown = await agent.follow(await agent.get(authorizationUrl(party)))
    const view = viewOf(shown)
    if (view.view !== 'consent') throw new Error(`Not a consent page: ${JSON.stringify(view)}`)
    const to = new URL(view.submitTo, shown.url).href
    const { artifacts } = host.stores
    const finish = async () => {
      const page = await agent.follow(await agent.postForm(to, {}), until)
      expect(page.location).toContain('code=')
    }
    const [find, replace] = [artifacts.find.bind(artifacts), artifacts.replace.bind(artifacts)]
    const restore = () => Object.assign(artifacts, { find, replace })
    if (method === 'find')
      artifacts.find = async (key) => {
        if ((await find(key))?.model !== 'Interaction') return find(key)
        restore()
        await finish()
        return find(key)
      }
    else
      artifacts.replace = async (key, artifact, before) => {
        if (artifact.model !== 'Interaction') return replace(key, artifact, before)
        restore()
        await finish()
        return replace(key, artifact, before)
      }
    const late = await agent.postForm(to, {})
    expect(viewOf(late)).toMatchObject({ view: 'error', code: 'interaction_expired', retryAt: launchUrl })
    const later = await agent.postForm(to, {})
    expect(viewOf(later)).toMatchObject({ view: 'error', code: 'interaction_expired', retryAt: launchUrl })
    expect(host.errors).toEqual([])
  })

  test('does not store an interaction again after it has ended', async () => {
    const party = await createParty()
    const agent = new UserAgent()
    const page = await agent.follow(await agent.get(authorizationUrl(party)))
    const uid = new URL(page.url).pathname.split('/').at(-1) ?? ''
    const { Interaction } = host.pocket.provider()
    const [present, ended] = [await Interaction.find(uid), await Interaction.find(uid)]
    await ended?.destroy()
    await expect(present?.persist()).rejects.toMatchObject({ error_description: 'interaction session not found' })
    expect(await Interaction.find(uid)).toBeUndefined()
  })
})
