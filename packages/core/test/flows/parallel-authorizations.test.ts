import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { signOut, startHostOver } from './host.ts'
import { authorizationUrl, followAuthorization, redirectUri, relyingParty } from './login.ts'

describe.each(Object.entries(storeKinds))('parallel authorizations over %s', (_kind, open) => {
  const host = shareBetweenTests(() => startHostOver(open))

  const createParty = async (protocol = {}) => relyingParty(host, { client: { skipConsent: true }, protocol })
  type Party = Awaited<ReturnType<typeof createParty>>

  const exchange = ({ configuration }: Party, location: string | null) =>
    oidc.authorizationCodeGrant(configuration, new URL(location ?? ''))
  type Tokens = Awaited<ReturnType<typeof exchange>>

  /** A signed-in user without any client. */
  async function signInAda() {
    const person = await host.person('ada')
    const agent = new UserAgent()
    await followAuthorization(host, authorizationUrl(host, await createParty()), { agent, person })
    return { agent, ...person }
  }

  const readValidAccess = async ({ configuration }: Party, tokens: Tokens, accountId: string) => ({
    userInfo: await oidc.fetchUserInfo(configuration, tokens.access_token, accountId).then(
      () => true,
      () => false,
    ),
    refresh: await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '').then(
      () => true,
      () => false,
    ),
  })

  test.each([
    { count: 2, stagger: 0 },
    { count: 3, stagger: 0 },
    { count: 24, stagger: 0 },
    { count: 6, stagger: 2 },
    { count: 6, stagger: 5 },
  ])('revokes at sign-out all of $count that start $stagger ms apart', async ({ count, stagger }) => {
    const { agent, account } = await signInAda()
    const parties = await Promise.all(Array.from({ length: count }, () => createParty()))
    const responses = await Promise.all(
      parties.map(async (party, index) => {
        await setTimeout(index * stagger)
        return agent.get(authorizationUrl(host, party))
      }),
    )
    const tokens = await Promise.all(
      responses.map(({ location }, index) => exchange(parties[index] as Party, location)),
    )
    const [session] = await host.pocket.sessions.list(account.id)
    expect(session?.clientIds).toEqual(expect.arrayContaining(parties.map(({ client }) => client.id)))
    await signOut(host, agent)
    const left = await Promise.all(
      parties.map((party, index) => readValidAccess(party, tokens[index] as Tokens, account.id)),
    )
    expect(left).toEqual(parties.map(() => ({ userInfo: false, refresh: false })))
    expect(host.errors).toEqual([])
  })

  test('keeps the grants of other requests when an authorization joins the existing grant of its client', async () => {
    const { agent, account } = await signInAda()
    const [same, other] = [await createParty(), await createParty()]
    const { artifacts } = host.stores
    const replace = artifacts.replace.bind(artifacts)
    const meanwhile: Tokens[] = []
    // The first two attempts to list the grant each lose against a concurrent authorization.
    const firsts = [other, same]
    artifacts.replace = async (key, artifact, before) => {
      const first = artifact.model === 'Session' ? firsts.shift() : undefined
      if (first) {
        const waiting = firsts.splice(0)
        meanwhile.push(await exchange(first, (await agent.get(authorizationUrl(host, first))).location))
        firsts.push(...waiting)
      }
      return replace(key, artifact, before)
    }
    const { location } = await agent.get(authorizationUrl(host, same))
    artifacts.replace = replace
    const tokens = [await exchange(same, location), ...meanwhile]
    const parties = [same, other, same]
    const readActiveTokens = async () =>
      Promise.all(
        tokens.map(async ({ access_token }, index) => {
          const { configuration } = parties[index] ?? same
          return (await oidc.tokenIntrospection(configuration, access_token)).active
        }),
      )
    expect(await readActiveTokens()).toEqual([true, true, true])
    const [session] = await host.pocket.sessions.list(account.id)
    expect(session?.clientIds).toEqual(expect.arrayContaining([same.client.id, other.client.id]))
    expect(await host.stores.artifacts.listByAccount('Grant', account.id)).toHaveLength(3)
    await signOut(host, agent)
    expect(await readActiveTokens()).toEqual([false, false, false])
    expect(host.errors).toEqual([])
  })

  test('share a grant and a session ID for the first authorizations of one client', async () => {
    const { agent, account } = await signInAda()
    const party = await createParty({
      backchannelLogoutUri: 'https://app.example/logout',
      backchannelLogoutSessionRequired: true,
    })
    const responses = await Promise.all(Array.from({ length: 8 }, () => agent.get(authorizationUrl(host, party))))
    expect(responses.every(({ location }) => location?.startsWith(redirectUri))).toBe(true)
    const tokens = await Promise.all(responses.map(({ location }) => exchange(party, location)))
    expect(new Set(tokens.map((each) => each.claims()?.sid)).size).toBe(1)
    await signOut(host, agent)
    const left = await Promise.all(tokens.map((each) => readValidAccess(party, each, account.id)))
    expect(left).toEqual(tokens.map(() => ({ userInfo: false, refresh: false })))
    expect(host.errors).toEqual([])
  })
})
