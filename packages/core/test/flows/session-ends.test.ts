import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import { selectCases, shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { answerCeremony, minute, resumeUrl, signOut, startHostOver, viewOf, withRoutes } from './host.ts'
import {
  authorizationUrl,
  expectRefusal,
  followAuthorization,
  redirectUri,
  relyingParty,
  type Tokens,
} from './login.ts'
import { checkNotices } from './queued-notices.ts'

/** A host with login codes and its own sign-out, like `/api/webauthn/logout` of the server. */
const withOwnRoutes = withRoutes((pocket, req, res, query) => ({
  '/leave': () => pocket.signOut(req, res),
  '/enter': () => pocket.signIn.withCode(req, res, query('code')),
}))

describe.each(Object.entries(storeKinds))('the end of a session over %s', (kind, open) => {
  const host = shareBetweenTests(() =>
    startHostOver(open, { mount: withOwnRoutes, options: { protocol: { allowImplicit: true } } }),
  )

  const listening = { backchannelLogoutUri: 'https://app.example/logout', backchannelLogoutSessionRequired: true }
  const createParty = (skipConsent = true, jwtAccessTokens = false) =>
    relyingParty(host, { client: { skipConsent }, protocol: { ...listening, jwtAccessTokens } })
  type Party = Awaited<ReturnType<typeof createParty>>

  const exchange = ({ configuration }: Party, { location }: UserAgentResponse) =>
    oidc.authorizationCodeGrant(configuration, new URL(location ?? ''))

  /** A user who is signed in at one client, and opens another one. */
  async function signInAda() {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const first = await createParty()
    const { page } = await followAuthorization(host, authorizationUrl(host, first), { agent, person })
    const tokens = await exchange(first, page)
    return { ...person, agent, first, tokens, party: await createParty() }
  }
  type SignedIn = Awaited<ReturnType<typeof signInAda>>

  const listArtifacts = async (accountId: string) => {
    const models = ['Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken']
    return (await Promise.all(models.map((model) => host.stores.artifacts.listByAccount(model, accountId)))).flat()
  }

  async function expectRevoked({ configuration }: Party, { access_token, refresh_token = '' }: Tokens, sub: string) {
    await expect(oidc.fetchUserInfo(configuration, access_token, sub)).rejects.toMatchObject({ status: 401 })
    expect((await oidc.tokenIntrospection(configuration, access_token)).active).toBe(false)
    await expectRefusal(oidc.refreshTokenGrant(configuration, refresh_token), 'invalid_grant')
  }

  const ends: Readonly<Record<string, (one: SignedIn) => Promise<unknown>>> = {
    'the sign-out page': ({ agent }) => signOut(host, agent),
    'the sign-out of the host': ({ agent }) => agent.get(`${host.issuer}/leave`),
    'a logout by ID token': ({ agent, first, tokens }) =>
      agent.get(oidc.buildEndSessionUrl(first.configuration, { id_token_hint: tokens.id_token ?? '' }).href),
    'ending that session': async ({ account }) => {
      const [session] = await host.pocket.sessions.list(account.id)
      await host.pocket.sessions.end(account.id, session?.uid ?? '')
    },
    'a sign-out everywhere': ({ account }) => host.pocket.sessions.endOthers(account.id, null),
    'an account that is disabled': ({ account }) => host.pocket.endAccess(account.id),
    'an account that is deleted': ({ account }) => host.pocket.forgetAccount(account.id),
  }

  const staggered = Object.keys(ends).map((way, index) => ({ way, stagger: [10, 20, 40][index % 3] ?? 0 }))
  test.each(selectCases(staggered, (each) => staggered.indexOf(each) < 3))(
    'by $way revokes authorizations that start $stagger ms apart, and notifies their clients',
    async (input) => {
      const one = await signInAda()
      const { account, agent } = one
      const parties = await Promise.all([false, true, false, true, false, true].map((jwt) => createParty(true, jwt)))
      const responses = await Promise.all(
        parties.map(async (party, index) => {
          await setTimeout(index * input.stagger)
          return agent.get(authorizationUrl(host, party))
        }),
      )
      // The last two codes are not exchanged before the end.
      const issued = await Promise.all(
        parties.slice(0, 4).map(async (party, index) => ({
          party,
          tokens: await exchange(party, responses[index] as UserAgentResponse),
        })),
      )
      expect(issued.map(({ tokens }) => tokens.access_token.split('.').length)).toEqual([1, 3, 1, 3])
      await ends[input.way]?.(one)
      for (const [index, party] of parties.entries())
        if (index > 3) await expectRefusal(exchange(party, responses[index] as UserAgentResponse), 'invalid_grant')
      for (const { party, tokens } of issued) await expectRevoked(party, tokens, account.id)
      const clients = [one.first, ...parties].map(({ client }) => client.id)
      await checkNotices(host, account.id, (notices) =>
        expect(notices.map(({ clientId }) => clientId).toSorted()).toEqual(clients.toSorted()),
      )
      expect(await listArtifacts(account.id)).toEqual([])
      expect(host.errors).toEqual([])
    },
  )

  /** Runs `meanwhile` once during a request: before or after the first write of this model. */
  async function requestDuring<T>(
    moment: { readonly model: string; readonly after: boolean },
    meanwhile: () => Promise<unknown>,
    request: () => Promise<T>,
  ) {
    const { artifacts } = host.stores
    const upsert = artifacts.upsert.bind(artifacts)
    const replace = artifacts.replace.bind(artifacts)
    let isDue = true
    // A request of another user, outside the open transaction.
    const outside = AsyncLocalStorage.snapshot()
    const runAtMoment = async <R>(model: string, write: () => Promise<R>): Promise<R> => {
      if (!isDue || model !== moment.model) return write()
      isDue = false
      if (!moment.after) await outside(meanwhile)
      const written = await write()
      if (moment.after) await outside(meanwhile)
      return written
    }
    artifacts.upsert = (artifact) => runAtMoment(artifact.model, () => upsert(artifact))
    artifacts.replace = (key, artifact, before) => runAtMoment(artifact.model, () => replace(key, artifact, before))
    try {
      return await request()
    } finally {
      artifacts.upsert = upsert
      artifacts.replace = replace
      expect(isDue).toBe(false)
    }
  }

  const moments = [
    { at: 'before the grant is stored', model: 'Grant', after: false },
    { at: 'before the grant is listed', model: 'Session', after: false },
    { at: 'before the code is stored', model: 'AuthorizationCode', after: false },
    { at: 'before the answer leaves', model: 'AuthorizationCode', after: true },
  ]

  const cases = Object.keys(ends).flatMap((way, row) =>
    moments.map((moment, column) => ({ way, ...moment, isFirst: column === row % moments.length })),
  )
  test.each(selectCases(cases, ({ isFirst }) => isFirst))(
    'by $way $at rejects the authorization',
    async ({ way, ...moment }) => {
      const one = await signInAda()
      const { agent, account, party, first, tokens } = one
      host.events.length = 0
      const page = await requestDuring(
        moment,
        () => ends[way]?.(one) ?? Promise.reject(),
        () => agent.get(authorizationUrl(host, party)),
      )
      expect(viewOf(page)).toMatchObject({ view: 'error', status: 400, code: 'interaction_expired' })
      expect(page.location).toBeNull()
      expect(viewOf(page)).toHaveProperty('retryAt', expect.stringContaining(`client_id=${party.client.id}`))
      expect(await listArtifacts(account.id)).toEqual([])
      await expectRevoked(first, tokens, account.id)
      expect(host.events.filter(({ event }) => event === 'client_authorized')).toEqual([])
      expect(await host.stores.consents.find(account.id, party.client.id)).toBeUndefined()
      await checkNotices(host, account.id, (notices) =>
        expect(notices.map(({ clientId }) => clientId)).toContain(first.client.id),
      )
      expect(host.errors).toEqual([])
    },
  )

  test.each(moments)('$at returns login_required to a client with prompt=none', async (moment) => {
    const { account, agent, party } = await signInAda()
    const endAccess = () => host.pocket.endAccess(account.id)
    const page = await requestDuring(moment, endAccess, () =>
      agent.get(authorizationUrl(host, party, { prompt: 'none', state: 'mine' })),
    )
    expect(Object.fromEntries(new URL(page.location ?? '').searchParams)).toEqual({
      error: 'login_required',
      error_description: expect.any(String),
      state: 'mine',
      iss: host.issuer,
    })
    expect(await listArtifacts(account.id)).toEqual([])
  })

  test('prevents later form_post responses and ID tokens', async () => {
    const one = await signInAda()
    const moment = { model: 'Session', after: false }
    const endAccess = () => host.pocket.endAccess(one.account.id)
    const posted = await requestDuring(moment, endAccess, () =>
      one.agent.get(authorizationUrl(host, one.party, { response_mode: 'form_post' })),
    )
    expect(viewOf(posted)).toMatchObject({ view: 'error', code: 'interaction_expired' })
    const other = await signInAda()
    const party = await relyingParty(host, { client: { skipConsent: true }, protocol: { implicitIdToken: true } })
    const query = { response_type: 'id_token', nonce: 'n', response_mode: 'form_post' }
    const endOtherAccess = () => host.pocket.endAccess(other.account.id)
    const implicit = await requestDuring(moment, endOtherAccess, () =>
      other.agent.get(authorizationUrl(host, party, query)),
    )
    expect(viewOf(implicit)).toMatchObject({ view: 'error', code: 'interaction_expired' })
  })

  test('revokes the access token of an implicit response that is not sent', async () => {
    const { agent, account } = await signInAda()
    const party = await relyingParty(host, { client: { skipConsent: true }, protocol: { implicitIdToken: true } })
    const query = { response_type: 'id_token token', nonce: 'n' }
    const endAccess = () => host.pocket.endAccess(account.id)
    const page = await requestDuring({ model: 'AccessToken', after: false }, endAccess, () =>
      agent.get(authorizationUrl(host, party, query)),
    )
    expect(viewOf(page)).toMatchObject({ view: 'error', code: 'interaction_expired' })
    expect(page.location).toBeNull()
    expect(await listArtifacts(account.id)).toEqual([])
  })

  test('does not restore a consent, or its access, that is withdrawn during an authorization', async () => {
    const one = await signInAda()
    for (const moment of moments) {
      const party = await createParty(false)
      await host.stores.consents.allow(one.account.id, party.client.id, ['openid'], host.clock.now())
      const page = await requestDuring(
        moment,
        () => host.pocket.withdrawConsent(one.account.id, party.client.id),
        () => one.agent.get(authorizationUrl(host, party)),
      )
      expect(page.location?.startsWith(redirectUri) ?? false).toBe(false)
      expect(await host.stores.consents.find(one.account.id, party.client.id)).toBeUndefined()
      const grants = await host.stores.artifacts.listByAccount('Grant', one.account.id)
      expect(grants.filter(({ clientId }) => clientId === party.client.id)).toEqual([])
    }
    expect(host.errors).toEqual([])
  })

  test.each([
    { at: 'the grant is listed', model: 'Session' },
    { at: 'the code is stored', model: 'AuthorizationCode' },
  ])('finds the grant of a request that died after $at', async ({ model }) => {
    const { account, agent, party } = await signInAda()
    const reached = Promise.withResolvers<void>()
    const neverResolve = () => {
      reached.resolve()
      return new Promise(() => {})
    }
    void requestDuring({ model, after: true }, neverResolve, () => agent.get(authorizationUrl(host, party))).catch(
      () => undefined,
    )
    await reached.promise
    const [session] = await host.pocket.sessions.list(account.id)
    expect(session?.clientIds).toContain(party.client.id)
    expect(await host.pocket.sessions.end(account.id, session?.uid ?? '')).toBe(true)
    expect(await listArtifacts(account.id)).toEqual([])
  })

  test('revokes nothing if it fails halfway', async () => {
    const { account, first, tokens } = await signInAda()
    const [session] = await host.pocket.sessions.list(account.id)
    const { artifacts } = host.stores
    const destroyByGrant = artifacts.destroyByGrant.bind(artifacts)
    artifacts.destroyByGrant = async () => {
      throw new Error('the database went away')
    }
    await expect(host.pocket.sessions.end(account.id, session?.uid ?? '')).rejects.toThrow('went away')
    artifacts.destroyByGrant = destroyByGrant
    expect(await host.pocket.sessions.list(account.id)).toEqual([session])
    const isActive = async () => (await oidc.tokenIntrospection(first.configuration, tokens.access_token)).active
    expect(await isActive()).toBe(true)
    expect(await host.pocket.sessions.end(account.id, session?.uid ?? '')).toBe(true)
    expect(await isActive()).toBe(false)
  })

  /** Ends two sessions, of which the second cannot be ended. */
  async function failHalfway(end: () => Promise<unknown> | undefined) {
    const { artifacts } = host.stores
    const destroyByUid = artifacts.destroyByUid.bind(artifacts)
    let ended = 0
    artifacts.destroyByUid = async (...input) => {
      ended += 1
      if (ended === 2) throw new Error('the database went away')
      return destroyByUid(...input)
    }
    await end()
    artifacts.destroyByUid = destroyByUid
    expect(ended).toBe(2)
  }

  test.each(['the sign-out page', 'the sign-out of the host'])(
    'by %s ends all sessions of the browser, or none if it fails halfway',
    async (way) => {
      const one = await signInAda()
      const { account, authenticator } = one
      await followAuthorization(host, authorizationUrl(host, one.first), { person: { account, authenticator } })
      const { sessionHistory } = host.stores
      // As after sign-ins in two tabs concurrently.
      const [first, second] = await sessionHistory.originsOf(account.id)
      const browser = first?.browser ?? null
      expect(browser).not.toBeNull()
      if (second) await sessionHistory.saveOrigin({ ...second, browser })
      await failHalfway(() => ends[way]?.(one))
      expect(await host.pocket.sessions.list(account.id)).toHaveLength(2)
      host.errors.length = 0
      await ends[way]?.(one)
      expect(await host.pocket.sessions.list(account.id)).toEqual([])
    },
  )

  test('by a sign-out of the host ends the sessions of all users of the browser, or none', async () => {
    const one = await signInAda()
    const other = await host.person('grace')
    const chosen = await one.agent.follow(await one.agent.get(authorizationUrl(host, one.party, { prompt: 'login' })))
    expect((await answerCeremony(one.agent, chosen, other.authenticator)).status).toBe(200)
    const listSessions = async () => {
      const lists = [one, other].map(({ account }) => host.pocket.sessions.list(account.id))
      return (await Promise.all(lists)).flat()
    }
    await failHalfway(() => one.agent.get(`${host.issuer}/leave`))
    expect(await listSessions()).toHaveLength(2)
    await one.agent.get(`${host.issuer}/leave`)
    expect(await listSessions()).toEqual([])
  })

  test('by a sign-out everywhere also rejects a sign-in that is verified but not yet finished', async () => {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const shown = await agent.follow(await agent.get(authorizationUrl(host, await createParty())))
    const resume = await resumeUrl(agent, shown, person.authenticator)
    await host.pocket.sessions.endOthers(person.account.id, null)
    const page = await agent.get(resume)
    expect(viewOf(page)).toMatchObject({ view: 'error', status: 400, code: 'interaction_expired' })
    expect(await host.pocket.sessions.list(person.account.id)).toEqual([])
  })

  /** A user who signs in with login codes. */
  async function createCodeLogin() {
    const { account } = await host.person('ada')
    const agent = new UserAgent()
    const enter = async () => {
      host.clock.pass(1000)
      const { code } = await host.pocket.issueLoginCode(account, minute)
      return agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)
    }
    await enter()
    const [before] = await host.pocket.sessions.list(account.id)
    return { account, agent, enter, before }
  }

  test.each(['an account that is disabled', 'an account that is deleted', 'a sign-out everywhere'])(
    'by %s waits for a sign-in in progress and ends it too',
    async (way) => {
      const one = { ...(await signInAda()), ...(await createCodeLogin()) }
      let ending: Promise<unknown> | undefined
      const start = async () => {
        ending = ends[way]?.(one)
      }
      await requestDuring({ model: 'Session', after: false }, start, one.enter)
      await ending
      expect(await host.pocket.sessions.list(one.account.id)).toEqual([])
      expect(host.errors).toEqual([])
    },
  )

  // The other stores allow no concurrent requests during a transaction.
  if (kind === 'PostgreSQL')
    test('does not stop a sign-in in progress: it starts a new session', async () => {
      const party = await createParty()
      const person = await createCodeLogin()
      const { agent, enter, before } = person
      const end = () => host.pocket.sessions.end(person.account.id, before?.uid ?? '')
      await requestDuring({ model: 'Session', after: false }, end, enter)
      const [after, ...others] = await host.pocket.sessions.list(person.account.id)
      expect(others).toEqual([])
      expect(after?.uid).not.toBe(before?.uid)
      expect((await agent.get(authorizationUrl(host, party, { prompt: 'none' }))).location).toContain('code=')
      expect(host.errors).toEqual([])
    })

  // The other stores allow no concurrent requests during a transaction.
  if (kind === 'PostgreSQL')
    test.each(Object.keys(ends))(
      'by %s, not committed yet, delays authorizations and then rejects them',
      async (way) => {
        const one = await signInAda()
        const { artifacts, logoutNotices } = host.stores
        const [entered, writing, gate] = [0, 1, 2].map(() => Promise.withResolvers<void>())
        const [insert, replace] = [logoutNotices.insert.bind(logoutNotices), artifacts.replace.bind(artifacts)]
        logoutNotices.insert = async (notice) => {
          entered?.resolve()
          await gate?.promise
          return insert(notice)
        }
        const ending = ends[way]?.(one)
        await entered?.promise
        artifacts.replace = (...input) => {
          writing?.resolve()
          return replace(...input)
        }
        const answering = one.agent.get(authorizationUrl(host, one.party))
        await writing?.promise
        gate?.resolve()
        await ending
        logoutNotices.insert = insert
        artifacts.replace = replace
        expect(viewOf(await answering)).toMatchObject({ view: 'error', code: 'interaction_expired' })
        expect(await listArtifacts(one.account.id)).toEqual([])
        expect(host.errors).toEqual([])
      },
    )
})
