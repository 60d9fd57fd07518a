import { describe, expect, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { followRedirects, resumeUrl, signIn, signOut, startHostOver, submitButton, viewOf } from './host.ts'
import { authorizationUrl, followAuthorization, relyingParty } from './login.ts'

const launchUrl = 'https://app.example/start'

describe.each(Object.entries(storeKinds))('parallel interactions over %s', (_kind, open) => {
  const host = shareBetweenTests(() => startHostOver(open))

  const createParty = (skipConsent = true) => relyingParty(host, { client: { skipConsent, launchUrl } })
  type Party = Awaited<ReturnType<typeof createParty>>

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

  /** Each tab has its code, the session exists, and a sign-out revokes all tokens. */
  async function expectOneSession(agent: UserAgent, tabs: readonly { party: Party; page: UserAgentResponse }[]) {
    const tokens = await Promise.all(
      tabs.map(({ party, page }) => oidc.authorizationCodeGrant(party.configuration, new URL(page.location ?? ''))),
    )
    const [first] = tabs
    const silent = first && (await agent.get(authorizationUrl(host, first.party, { prompt: 'none' })))
    expect(silent?.location).toContain('code=')
    await signOut(host, agent)
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
        return { party, shown: await agent.follow(await agent.get(authorizationUrl(host, party))) }
      }),
    )

  test.each([2, 4])('returns a code to each of %i tabs when all continue after one sign-in', async (count) => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const tabs = await openTabs(agent, count)
    await followAuthorization(host, authorizationUrl(host, await createParty()), { agent, person })
    const resumes = await Promise.all(tabs.map(({ shown }) => agent.get(shown.url)))
    const over = synchronizeSessionReads(count)
    const pages = await Promise.all(resumes.map((page) => followRedirects(agent, page)))
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
      await agent.follow(await agent.get(authorizationUrl(host, await createParty())))
      const tabs = await openTabs(agent, count)
      const pages = await Promise.all(tabs.map(({ shown }) => signIn(agent, shown, authenticator)))
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
    await followAuthorization(host, authorizationUrl(host, first), { agent, person })
    const party = await createParty(false)
    const shown = await agent.follow(await agent.get(authorizationUrl(host, party)))
    const view = viewOf(shown, 'consent')
    const to = new URL(view.submitTo, shown.url).href
    const pressed = await Promise.all([agent.postForm(to, {}), agent.postForm(to, {})])
    const pages = await Promise.all(pressed.map((page) => followRedirects(agent, page)))
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
    const shown = await agent.follow(await agent.get(authorizationUrl(host, party)))
    const resume = await resumeUrl(agent, shown, person.authenticator)
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
    await followAuthorization(host, authorizationUrl(host, await createParty()), { agent, person })
    const party = await createParty(false)
    const shown = await agent.follow(await agent.get(authorizationUrl(host, party)))
    const view = viewOf(shown, 'consent')
    const to = new URL(view.submitTo, shown.url).href
    const { artifacts } = host.stores
    const finish = async () => {
      const page = await submitButton(agent, shown, 'submitTo')
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
    const page = await agent.follow(await agent.get(authorizationUrl(host, party)))
    const uid = new URL(page.url).pathname.split('/').at(-1) ?? ''
    const { Interaction } = host.pocket.provider()
    const [present, ended] = [await Interaction.find(uid), await Interaction.find(uid)]
    await ended?.destroy()
    await expect(present?.persist()).rejects.toMatchObject({ error_description: 'interaction session not found' })
    expect(await Interaction.find(uid)).toBeUndefined()
  })
})
