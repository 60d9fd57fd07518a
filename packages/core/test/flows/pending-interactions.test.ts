import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Artifact } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { answerCeremony, decide, type Host, hour, signIn, startHostOver, submitButton, viewOf, visit } from './host.ts'
import { authorizationUrl, followAuthorization, type Parameters, redirectUri, relyingParty } from './login.ts'
import { sendForm } from './requests.ts'

const maxPending = 30

/** Collects every artifact that is written from now on. */
function recordWrites({ stores: { artifacts } }: Host) {
  const written: Artifact[] = []
  const { insertPending, upsert, insert, replace } = artifacts
  artifacts.insertPending = async (...input) => {
    const inserted = await insertPending.apply(artifacts, input)
    if (inserted) written.push(input[0])
    return inserted
  }
  artifacts.replace = async (key, artifact, before) => {
    const replaced = await replace.call(artifacts, key, artifact, before)
    if (replaced) written.push(artifact)
    return replaced
  }
  artifacts.upsert = (artifact) => {
    written.push(artifact)
    return upsert.call(artifacts, artifact)
  }
  artifacts.insert = (artifact) => {
    written.push(artifact)
    return insert.call(artifacts, artifact)
  }
  return written
}

describe.each(Object.entries(storeKinds))(
  'above the limit of pending interactions per network, on %s',
  (_kind, open) => {
    // Before the host ends, which interrupts its work.
    afterAll(() => expect(host.errors).toEqual([]))
    const host = shareBetweenTests(() =>
      startHostOver(open, { options: { pages: { otherMethodsUrl: '/other-ways' } } }),
    )
    let party: Awaited<ReturnType<typeof relyingParty>>
    let written: Artifact[]

    beforeAll(async () => {
      party = await relyingParty(host)
      written = recordWrites(host)
      for (let count = 0; count < maxPending + 10; count++) await new UserAgent().get(authorize({ state: `${count}` }))
    })

    const authorize = (fields: Parameters = {}) => authorizationUrl(host, party, fields)

    const startSignIn = async (fields: Readonly<Record<string, string>> = {}, agent = new UserAgent()) => {
      const page = await agent.follow(await agent.get(authorize(fields)))
      const view = viewOf(page, 'sign-in')
      return { agent, page, view }
    }

    /** Runs an action and returns the artifacts that it wrote. */
    const recordModels = async <T>(work: () => Promise<T>) => {
      written.length = 0
      const result = await work()
      return { result, models: written.map(({ model }) => model) }
    }

    test('stores no more of them', () => {
      expect(written.filter(({ model }) => model === 'Interaction')).toHaveLength(maxPending)
    })

    test('a user can still sign in, even with a request of 10 kB, and nothing is stored before', async () => {
      const person = await host.person('ada')
      const large = { state: Buffer.from(crypto.getRandomValues(new Uint8Array(3000))).toString('base64url') }
      const { result, models } = await recordModels(() =>
        startSignIn({ ...large, nonce: 'n'.repeat(2000), ui_locales: 'de' }),
      )
      expect(models).toEqual([])
      expect(new URL(result.page.url).searchParams.has('interaction')).toBe(true)
      const response = await signIn(result.agent, result.page, person.authenticator)
      const returned = response.location === null ? await decide(result.agent, response) : response
      expect(new URL(returned.location ?? '').searchParams.get('state')).toBe(large.state)
    })

    test.each([{ prompt: 'login' }, { max_age: '0' }, { max_age: '60' }, { prompt: 'login consent' }])(
      'honors %j without asking twice',
      async (fields) => {
        const { page, agent } = await followAuthorization(host, authorize(fields), {})
        expect(page.location).toContain('code=')
        // A user with a session does not count against the limit: the request is stored.
        const again = await agent.follow(await agent.get(authorize({ prompt: 'login' })))
        expect([viewOf(again).view, new URL(again.url).search]).toEqual(['sign-in', ''])
      },
    )

    test('accepts a pushed request', async () => {
      const parameters = { redirect_uri: redirectUri, scope: 'openid' }
      const url = await oidc.buildAuthorizationUrlWithPAR(party.configuration, parameters)
      const { page } = await followAuthorization(host, url.href)
      expect(page.location).toContain('code=')
    })

    test('rejects the URL of a finished request until it expires', async () => {
      const { agent, page } = await startSignIn()
      const person = await host.person('joan')
      const response = await signIn(agent, page, person.authenticator)
      expect((response.location === null ? await decide(agent, response) : response).location).toContain('code=')
      host.clock.pass(2 * hour)
      while ((await host.pocket.removeExpired(1000)) > 0);
      host.clock.pass(-2 * hour)
      expect(viewOf(await agent.get(page.url))).toMatchObject({ code: 'interaction_expired' })
    })

    test('stores nothing when a user cancels', async () => {
      const { result, models } = await recordModels(async () => {
        const { agent, page } = await startSignIn({ state: 'kept' })
        return submitButton(agent, page, 'cancelTo')
      })
      const { searchParams } = new URL(result.location ?? '')
      expect([searchParams.get('error'), searchParams.get('state'), models]).toEqual(['access_denied', 'kept', []])
    })

    test('returns a new challenge, and resumes after a sign-in on another page', async () => {
      const { agent, page, view } = await startSignIn()
      const refreshed = await agent.getJson(new URL(view.ceremony.refreshFrom, page.url).href)
      expect(refreshed.json()).toMatchObject({ submitTo: view.ceremony.submitTo })
      const { searchParams } = new URL(view.otherMethodsUrl ?? '', page.url)
      const { account } = await host.person('grace')
      const session = await followAuthorization(host, authorize(), { agent, person: await host.person('grace') })
      expect(session.page.location).toContain('code=')
      const returned = await visit(agent, new URL(searchParams.get('redirect') ?? '', page.url).href)
      expect([account.userName, returned.location ?? viewOf(returned).view]).toEqual(['grace', expect.anything()])
    })

    test('does not restart a finished interaction from its URL', async () => {
      const person = await host.person('ada')
      const { agent, page } = await startSignIn()
      const first = await answerCeremony(agent, page, person.authenticator)
      const { redirectTo } = first.json() as { redirectTo: string }
      expect(redirectTo).not.toContain('interaction=')
      await visit(agent, redirectTo)
      const view = viewOf(await agent.get(page.url))
      expect(view).toMatchObject({ view: 'error', code: 'interaction_expired' })
    })

    test('rejects a URL of another browser and a modified URL', async () => {
      const { page, agent } = await startSignIn()
      expect(viewOf(await new UserAgent().get(page.url))).toMatchObject({ code: 'interaction_expired' })
      const changed = page.url.slice(0, -3) + (page.url.endsWith('AAA') ? 'BBB' : 'AAA')
      expect(viewOf(await agent.get(changed))).toMatchObject({ code: 'interaction_expired' })
      const other = await startSignIn({}, agent)
      const swapped = new URL(other.page.url)
      swapped.search = new URL(page.url).search
      expect(viewOf(await agent.get(swapped.href))).toMatchObject({ code: 'interaction_expired' })
    })

    test('stops counting rows after they expire, and then still stores no large interaction', async () => {
      host.clock.pass(26 * hour)
      while ((await host.pocket.removeExpired(1000)) > 0);
      host.clock.pass(-26 * hour)
      const { models } = await recordModels(() => startSignIn())
      expect(models).toEqual(['Interaction'])
      const pushed = await sendForm(host, 'par', {
        ...{ client_id: party.client.id, client_secret: party.secret, redirect_uri: redirectUri },
        ...{
          response_type: 'code',
          scope: 'openid',
          claims: JSON.stringify({ userinfo: { ['y'.repeat(15_000)]: null } }),
        },
      })
      const { request_uri = '' } = (await pushed.json()) as { readonly request_uri?: string }
      const large = await recordModels(() => startSignIn({ request_uri }))
      expect(new URL(large.result.page.url).searchParams.has('interaction')).toBe(true)
      expect(large.models).toEqual([])
    })
  },
)
