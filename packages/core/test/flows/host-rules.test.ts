import { describe, expect, test } from '@jest/globals'
import type { AccessCheckInput, AccessCheckResult, AccessChecks, NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { hostStarter, minute, returnDenied, viewOf } from './host.ts'
import { login, relyingParty } from './login.ts'

const startHost = hostStarter()

async function startHostWithChecks(checks: AccessChecks, extra: Partial<NewClientInput> = {}) {
  const host = await startHost({ options: { hooks: { accessChecks: checks }, limits: { hookTimeout: 1000 } } })
  const { configuration, client } = await relyingParty(host, { client: { skipConsent: true, ...extra } })
  const person = await host.person('ada')
  const agent = new UserAgent()
  const requestLogin = (from = agent) => login(host, configuration, {}, { agent: from, person })
  const refresh = (token = '') => oidc.refreshTokenGrant(configuration, token)
  const userInfo = (token: string) => oidc.fetchUserInfo(configuration, token, person.account.id)
  return { host, client, person, requestLogin, refresh, userInfo }
}

describe('host policy check at a refresh', () => {
  test('receives the authentication context of the sign-in, and revokes the tokens of the client if it refuses', async () => {
    const requests: AccessCheckInput[] = []
    let result: AccessCheckResult
    const { client, person, requestLogin, refresh, userInfo } = await startHostWithChecks({
      contract: (question) => {
        requests.push(question)
        return result
      },
    })
    const first = await (await requestLogin()).finish()
    const second = await refresh(first.refresh_token)
    const before = requests.find(({ occasion }) => occasion === 'authorization')
    expect(requests.at(-1)).toEqual({
      ...before,
      occasion: 'refresh',
      account: expect.objectContaining({ id: person.account.id }),
      client: expect.objectContaining({ id: client.id, isGroupRestricted: false, maxSessionAgeMinutes: null }),
      scopes: expect.arrayContaining(['openid', 'email']),
    })

    result = { refuse: 'The contract has ended.' }
    await expect(refresh(second.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(userInfo(second.access_token)).rejects.toMatchObject({ status: 401 })
    result = undefined
    await expect(refresh(second.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test.each<readonly [string, AccessCheckResult]>([
    ['requires a sign-in', { signInAgain: true }],
    ['redirects to another page first', { redirectTo: '/terms' }],
  ])('that %s takes effect at the next authorization', async (_name, later) => {
    let result: AccessCheckResult
    const { requestLogin, refresh } = await startHostWithChecks({ later: () => result })
    const { refresh_token } = await (await requestLogin()).finish()
    result = later
    expect(await refresh(refresh_token)).toMatchObject({ access_token: expect.any(String) })
  })

  test('that throws issues no tokens and revokes none', async () => {
    let isBroken = false
    const { host, requestLogin, refresh } = await startHostWithChecks({
      broken: () => {
        if (isBroken) throw new Error('no rules')
        return undefined
      },
    })
    const { refresh_token } = await (await requestLogin()).finish()
    isBroken = true
    await expect(refresh(refresh_token)).rejects.toMatchObject({ cause: expect.objectContaining({ status: 500 }) })
    expect(host.errors).toMatchObject([{ code: 'misconfigured', details: { option: 'hooks.accessChecks.broken' } }])
    isBroken = false
    expect(await refresh(refresh_token)).toMatchObject({ access_token: expect.any(String) })
  })
})

describe('a host check replaces the built-in rule of the same name', () => {
  test('allowedGroups decides on authorization and on every refresh', async () => {
    const banned = new Set<string>()
    const { host, client, person, requestLogin, refresh, userInfo } = await startHostWithChecks(
      {
        allowedGroups: ({ account, client }) =>
          client.isGroupRestricted && banned.has(account.id) ? { refuse: 'Not for you.' } : undefined,
      },
      { isGroupRestricted: true },
    )
    const tokens = await (await requestLogin()).finish()
    expect(await userInfo(tokens.access_token)).toMatchObject({ sub: person.account.id })
    const { refresh_token, access_token } = await refresh(tokens.refresh_token)
    await host.pocket.clients.setAllowedGroups(client.id, ['another group'])
    await host.pocket.endAccessByGroups(person.account.id, ['another group'])
    expect(await userInfo(access_token)).toMatchObject({ sub: person.account.id })

    banned.add(person.account.id)
    await expect(refresh(refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
    const agent = new UserAgent()
    const { page } = await requestLogin(agent)
    expect(viewOf(page)).toMatchObject({ view: 'not-allowed', reason: 'Not for you.' })
    const returned = await returnDenied(agent, page)
    expect(new URL(returned.location ?? '').searchParams.get('error')).toBe('access_denied')
  })

  test('the group restriction applies if allowedGroups is not replaced', async () => {
    const { requestLogin } = await startHostWithChecks({ other: () => undefined }, { isGroupRestricted: true })
    expect(viewOf((await requestLogin()).page)).toMatchObject({ view: 'not-allowed' })
  })

  test.each([
    ['freshSignIn', false],
    ['other', true],
  ])('%s: requires reauthentication for a client that demands it: %s', async (name, forcesLogin) => {
    const { host, requestLogin } = await startHostWithChecks(
      { [name]: () => undefined },
      { requiresReauthentication: true },
    )
    await requestLogin()
    host.clock.pass(10 * minute)
    const started = host.events.filter(({ event }) => event === 'signed_in' || event === 'reauthenticated').length
    expect((await requestLogin()).page.location).toMatch(/code=/)
    const now = host.events.filter(({ event }) => event === 'signed_in' || event === 'reauthenticated').length
    expect(now > started).toBe(forcesLogin)
  })
})
