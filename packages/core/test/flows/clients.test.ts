import { describe, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, minute, returnDenied, second, shareHost, signIn, viewOf, visit } from './host.ts'
import { expectRefusal, type Parameters, redirectUri, relyingParty } from './login.ts'
import { redirectParameters } from './requests.ts'
import { stopTime } from './stop-time.ts'

const host = shareHost()

const startClient = (input: Partial<NewClientInput> = {}) => relyingParty(host, { client: input })

interface Browsing {
  readonly agent: UserAgent
  readonly configuration: oidc.Configuration
}

async function authorize({ agent, configuration }: Browsing, extra: Parameters = {}) {
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    state: 'a state',
    ...extra,
  })
  const page = await visit(agent, url)
  const finish = (to: string | null) =>
    oidc.authorizationCodeGrant(configuration, new URL(to ?? ''), { expectedState: 'a state' })
  return { page, finish }
}

/** A user who has signed in and consented to the request of a client of this kind. */
async function authorizeClient(input: Partial<NewClientInput> = {}, groupIds: readonly string[] = []) {
  const { client, configuration } = await startClient(input)
  if (groupIds.length > 0) await host.pocket.clients.setAllowedGroups(client.id, groupIds)
  const { account, authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const { page, finish } = await authorize({ agent, configuration })
  const after = await signIn(agent, page, authenticator)
  const returned = after.location === null ? await decide(agent, after) : after
  return { client, configuration, account, authenticator, agent, tokens: await finish(returned.location) }
}

describe('token lifetimes', () => {
  test('are taken from the client', async () => {
    const { client, configuration, account, tokens } = await authorizeClient({
      accessTokenDurationMinutes: 5,
      refreshTokenDurationMinutes: 525_600,
    })
    const { client: another } = await startClient()
    expect(tokens.expires_in).toBe(300)
    const { exp = 0, iat = 0 } = await oidc.tokenIntrospection(configuration, tokens.refresh_token ?? '')
    expect(exp - iat).toBe(525_600 * 60)
    expect(another).toMatchObject({ accessTokenDurationMinutes: null, refreshTokenDurationMinutes: 43_200 })

    await host.pocket.clients.update(client.id, { ...client, accessTokenDurationMinutes: 7 })
    const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(refreshed.expires_in).toBe(420)
    expect(await oidc.fetchUserInfo(configuration, refreshed.access_token, account.id)).toMatchObject({
      email: 'ada@example.com',
    })
    expect((await oidc.clientCredentialsGrant(configuration)).expires_in).toBe(420)
  })
})

describe('client that skips consent', () => {
  test('gets its code without a page, and the consent is recorded', async () => {
    const { client, account } = await authorizeClient({ skipConsent: true })
    expect(await host.stores.consents.find(account.id, client.id)).toMatchObject({
      scopes: expect.arrayContaining(['openid', 'email']),
    })
    expect(host.events).not.toContainEqual(expect.objectContaining({ event: 'consent_given', clientId: client.id }))
  })

  test('asks for consent if the request demands it, and respects a refusal', async () => {
    const { configuration } = await startClient({ skipConsent: true })
    const { account, authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const { page } = await authorize({ agent, configuration }, { prompt: 'consent' })
    const consent = await signIn(agent, page, authenticator)
    expect(viewOf(consent).view).toBe('consent')
    const returned = await decide(agent, consent, 'cancelTo')
    expect(redirectParameters(returned).error).toBe('access_denied')
    expect(await host.stores.consents.find(account.id, configuration.clientMetadata().client_id)).toBeUndefined()
  })

  test('asks for consent after the exemption is removed, except for scopes granted before', async () => {
    const fixture = await authorizeClient({ skipConsent: true })
    await host.pocket.clients.update(fixture.client.id, { ...fixture.client, skipConsent: false })
    const { page } = await authorize(fixture, { prompt: 'none' })
    expect(redirectParameters(page)).not.toHaveProperty('error')
    const more = await authorize(fixture, { prompt: 'none', scope: 'openid profile' })
    expect(redirectParameters(more.page).error).toBe('consent_required')
  })
})

test('records each use of a client with its consent', async () => {
  const fixture = await authorizeClient()
  const { account, client } = fixture
  const before = await host.stores.consents.find(account.id, client.id)
  host.clock.pass(minute)
  await authorize(fixture, { prompt: 'none' })
  const after = await host.stores.consents.find(account.id, client.id)
  expect(after).toEqual({ ...before, updatedAt: expect.any(Number) })
  expect((after?.updatedAt ?? 0) - (before?.updatedAt ?? 0)).toBeGreaterThanOrEqual(minute)
})

test('revokes the tokens of a client when its consent is withdrawn, and no others', async () => {
  const fixture = await authorizeClient()
  const { configuration, tokens, account, client } = fixture
  const other = await startClient({ skipConsent: true })
  const { page, finish } = await authorize({ agent: fixture.agent, configuration: other.configuration })
  const kept = await finish(page.location)
  expect(await host.pocket.withdrawConsent(account.id, client.id)).toBe(true)
  expect(await host.pocket.withdrawConsent(account.id, client.id)).toBe(false)
  expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
  await expectRefusal(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? ''), 'invalid_grant')
  expect(await oidc.tokenIntrospection(other.configuration, kept.access_token)).toMatchObject({ active: true })
  const again = await authorize(fixture)
  expect(viewOf(again.page)).toMatchObject({ view: 'consent', allowedBefore: false })
})

describe('client that is restricted to groups', () => {
  test.each([[['g2']], [[]]])(
    'with the groups %j admits no other user, and sends the client an error',
    async (groupIds) => {
      const { client, configuration } = await startClient({ isGroupRestricted: true, skipConsent: true })
      await host.pocket.clients.setAllowedGroups(client.id, groupIds)
      const { account, authenticator } = await host.person('ada')
      const agent = new UserAgent()
      const silent = await authorize({ agent, configuration }, { prompt: 'none' })
      expect(redirectParameters(silent.page).error).toBe('login_required')
      const { page } = await authorize({ agent, configuration })
      const refused = await signIn(agent, page, authenticator)
      expect(redirectParameters(await returnDenied(agent, refused)).error).toBe('access_denied')
      const again = await authorize({ agent, configuration }, { prompt: 'none' })
      expect(redirectParameters(again.page).error).toBe('access_denied')
      expect(await host.stores.consents.find(account.id, client.id)).toBeUndefined()
      expect(host.events).toContainEqual(
        expect.objectContaining({ event: 'authorization_refused', code: 'access_denied', clientId: client.id }),
      )
    },
  )

  test('revokes the access of a user who leaves the group, and does not restore it automatically', async () => {
    const fixture = await authorizeClient({ isGroupRestricted: true }, ['g1'])
    const { configuration, tokens, account } = fixture
    host.accounts.set(account.id, { ...account, groups: [] })
    await expect(oidc.fetchUserInfo(configuration, tokens.access_token, account.id)).rejects.toThrow()
    for (const token of [tokens.access_token, tokens.refresh_token ?? ''])
      expect(await oidc.tokenIntrospection(configuration, token)).toEqual({ active: false })
    const refused = { status: 400, error: 'invalid_grant' }
    const refresh = () => oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    await expect(refresh()).rejects.toMatchObject(refused)
    host.accounts.set(account.id, account)
    await expect(refresh()).rejects.toMatchObject(refused)
    expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
    const { page, finish } = await authorize(fixture)
    const again = await finish(page.location)
    expect(await oidc.fetchUserInfo(configuration, again.access_token, account.id)).toMatchObject({ sub: account.id })
  })
})

test('rejects an unpushed request of a client that requires pushed authorization requests', async () => {
  const { configuration } = await startClient({ requiresPushedAuthorizationRequests: true })
  const { page } = await authorize({ agent: new UserAgent(), configuration })
  expect(redirectParameters(page).error).toBe('invalid_request')
})

describe('client that requires reauthentication', () => {
  test('asks for the passkey again after a minute, and not before', async () => {
    using _ = stopTime()
    const fixture = await authorizeClient({ requiresReauthentication: true })
    host.clock.pass(50 * second)
    expect(redirectParameters((await authorize(fixture, { prompt: 'none' })).page)).not.toHaveProperty('error')
    host.clock.pass(20 * second)
    expect(redirectParameters((await authorize(fixture, { prompt: 'none' })).page).error).toBe('login_required')
    const { page, finish } = await authorize(fixture)
    expect(viewOf(page)).toMatchObject({ view: 'sign-in', reason: 'again' })
    const returned = await signIn(fixture.agent, page, fixture.authenticator)
    expect((await finish(returned.location)).claims()).toMatchObject({ acr: 'phr' })
  })

  test('accepts a consent that takes the user more than a minute', async () => {
    const { configuration } = await startClient({ requiresReauthentication: true })
    const { authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const { page, finish } = await authorize({ agent, configuration })
    const consent = await signIn(agent, page, authenticator)
    host.clock.pass(5 * minute)
    const returned = await decide(agent, consent)
    expect((await finish(returned.location)).claims()).toMatchObject({ email: 'ada@example.com' })
  })
})

test('records that a client supports PKCE when it uses PKCE voluntarily', async () => {
  const fixture = await authorizeClient()
  const readPkceSupport = async () => (await host.pocket.clients.find(fixture.client.id))?.pkceSupported
  expect(await readPkceSupport()).toBe(false)
  const challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier())
  await authorize(fixture, { prompt: 'none', code_challenge: challenge, code_challenge_method: 'S256' })
  expect(await readPkceSupport()).toBe(true)
})
