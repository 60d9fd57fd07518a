import { describe, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, minute, returnDenied, second, signIn, startHost, viewOf } from './host.ts'
import { stopTime } from './stop-time.ts'

const redirectUri = 'https://app.example/callback'
const isRedirectUri = (url: string) => url.startsWith(redirectUri)

interface Fixture {
  readonly host: Host
  readonly agent: UserAgent
  readonly configuration: oidc.Configuration
}

async function relyingParty(host: Host, input: Partial<NewClientInput> = {}) {
  const { client, secret } = await host.client({ redirectUris: [redirectUri], ...input })
  const configuration = await oidc.discovery(
    new URL(host.issuer),
    client.id,
    undefined,
    oidc.ClientSecretBasic(secret),
    { execute: [oidc.allowInsecureRequests] },
  )
  return { client, configuration }
}

type Parameters = Readonly<Record<string, string>>

async function authorize({ agent, configuration }: Pick<Fixture, 'agent' | 'configuration'>, extra: Parameters = {}) {
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid email offline_access',
    state: 'a state',
    ...extra,
  })
  const page = await agent.follow(await agent.get(url.href), { until: isRedirectUri })
  const finish = (to: string | null) =>
    oidc.authorizationCodeGrant(configuration, new URL(to ?? ''), { expectedState: 'a state' })
  return { page, finish }
}

/** The error that the client receives. */
function errorParameter(to: string | null): string | null {
  return new URL(to ?? '').searchParams.get('error')
}

/** A user who has signed in and consented to the request of a client of this kind. */
async function authorizeClient(host: Host, input: Partial<NewClientInput> = {}, groupIds: readonly string[] = []) {
  const { client, configuration } = await relyingParty(host, input)
  if (groupIds.length > 0) await host.pocket.clients.setAllowedGroups(client.id, groupIds)
  const { account, authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const { page, finish } = await authorize({ agent, configuration })
  const after = await signIn(agent, page, authenticator, isRedirectUri)
  const returned = after.location === null ? await decide(agent, after, 'submitTo', isRedirectUri) : after
  return { host, client, configuration, account, authenticator, agent, tokens: await finish(returned.location) }
}

describe('token lifetimes', () => {
  test('are taken from the client', async () => {
    await using host = await startHost()
    const { client, configuration, account, tokens } = await authorizeClient(host, {
      accessTokenDurationMinutes: 5,
      refreshTokenDurationMinutes: 525_600,
    })
    const { client: another } = await relyingParty(host)
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
    await using host = await startHost()
    const { client, account } = await authorizeClient(host, { skipConsent: true })
    const { stores, events } = host
    expect(await stores.consents.find(account.id, client.id)).toMatchObject({
      scopes: expect.arrayContaining(['openid', 'email']),
    })
    expect(events.some(({ event }) => event === 'consent_given')).toBe(false)
  })

  test('asks for consent if the request demands it, and respects a refusal', async () => {
    await using host = await startHost()
    const { configuration } = await relyingParty(host, { skipConsent: true })
    const { account, authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const { page } = await authorize({ agent, configuration }, { prompt: 'consent' })
    const consent = await signIn(agent, page, authenticator, isRedirectUri)
    expect(viewOf(consent).view).toBe('consent')
    const returned = await decide(agent, consent, 'cancelTo', isRedirectUri)
    expect(errorParameter(returned.location)).toBe('access_denied')
    expect(await host.stores.consents.find(account.id, configuration.clientMetadata().client_id)).toBeUndefined()
  })

  test('asks for consent after the exemption is removed, except for scopes granted before', async () => {
    await using host = await startHost()
    const fixture = await authorizeClient(host, { skipConsent: true })
    await host.pocket.clients.update(fixture.client.id, { ...fixture.client, skipConsent: false })
    const { page } = await authorize(fixture, { prompt: 'none' })
    expect(errorParameter(page.location)).toBeNull()
    const more = await authorize(fixture, { prompt: 'none', scope: 'openid profile' })
    expect(errorParameter(more.page.location)).toBe('consent_required')
  })
})

test('records each use of a client with its consent', async () => {
  await using host = await startHost()
  const fixture = await authorizeClient(host)
  const { account, client } = fixture
  const before = await host.stores.consents.find(account.id, client.id)
  host.clock.pass(minute)
  await authorize(fixture, { prompt: 'none' })
  const after = await host.stores.consents.find(account.id, client.id)
  expect(after).toEqual({ ...before, updatedAt: expect.any(Number) })
  expect((after?.updatedAt ?? 0) - (before?.updatedAt ?? 0)).toBeGreaterThanOrEqual(minute)
})

test('revokes the tokens of a client when its consent is withdrawn, and no others', async () => {
  await using host = await startHost()
  const fixture = await authorizeClient(host)
  const { configuration, tokens, account, client } = fixture
  const other = await relyingParty(host, { skipConsent: true })
  const { page, finish } = await authorize({ agent: fixture.agent, configuration: other.configuration })
  const kept = await finish(page.location)
  expect(await host.pocket.withdrawConsent(account.id, client.id)).toBe(true)
  expect(await host.pocket.withdrawConsent(account.id, client.id)).toBe(false)
  expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
  await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect(await oidc.tokenIntrospection(other.configuration, kept.access_token)).toMatchObject({ active: true })
  const again = await authorize(fixture)
  expect(viewOf(again.page)).toMatchObject({ view: 'consent', allowedBefore: false })
})

describe('client that is restricted to groups', () => {
  test.each([[['g2']], [[]]])(
    'with the groups %j admits no other user, and sends the client an error',
    async (groupIds) => {
      await using host = await startHost()
      const { client, configuration } = await relyingParty(host, { isGroupRestricted: true, skipConsent: true })
      await host.pocket.clients.setAllowedGroups(client.id, groupIds)
      const { account, authenticator } = await host.person('ada')
      const agent = new UserAgent()
      const silent = await authorize({ agent, configuration }, { prompt: 'none' })
      expect(errorParameter(silent.page.location)).toBe('login_required')
      const { page } = await authorize({ agent, configuration })
      const refused = await signIn(agent, page, authenticator, isRedirectUri)
      expect(errorParameter((await returnDenied(agent, refused, isRedirectUri)).location)).toBe('access_denied')
      const again = await authorize({ agent, configuration }, { prompt: 'none' })
      expect(errorParameter(again.page.location)).toBe('access_denied')
      expect(await host.stores.consents.find(account.id, client.id)).toBeUndefined()
      expect(host.events).toContainEqual(
        expect.objectContaining({ event: 'authorization_refused', code: 'access_denied', clientId: client.id }),
      )
    },
  )

  test('revokes the access of a user who leaves the group, and does not restore it automatically', async () => {
    await using host = await startHost()
    const fixture = await authorizeClient(host, { isGroupRestricted: true }, ['g1'])
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

describe('client that requires pushed authorization requests', () => {
  test('is rejected without a pushed request, and accepted with one', async () => {
    await using host = await startHost()
    const { configuration } = await relyingParty(host, { requiresPushedAuthorizationRequests: true })
    const { authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const { page } = await authorize({ agent, configuration })
    expect(errorParameter(page.location)).toBe('invalid_request')
    const url = await oidc.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri, scope: 'openid' })
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const response = await agent.follow(await agent.get(url.href), { until: isRedirectUri })
    const returned = await decide(
      agent,
      await signIn(agent, response, authenticator, isRedirectUri),
      'submitTo',
      isRedirectUri,
    )
    expect(new URL(returned.location ?? '').searchParams.get('code')).toEqual(expect.any(String))
  })
})

describe('client that requires reauthentication', () => {
  test('asks for the passkey again after a minute, and not before', async () => {
    using _ = stopTime()
    await using host = await startHost()
    const fixture = await authorizeClient(host, { requiresReauthentication: true })
    host.clock.pass(50 * second)
    expect(errorParameter((await authorize(fixture, { prompt: 'none' })).page.location)).toBeNull()
    host.clock.pass(20 * second)
    expect(errorParameter((await authorize(fixture, { prompt: 'none' })).page.location)).toBe('login_required')
    const { page, finish } = await authorize(fixture)
    expect(viewOf(page)).toMatchObject({ view: 'sign-in', reason: 'again' })
    const returned = await signIn(fixture.agent, page, fixture.authenticator, isRedirectUri)
    expect((await finish(returned.location)).claims()).toMatchObject({ acr: 'phr' })
  })

  test('accepts a consent that takes the user more than a minute', async () => {
    await using host = await startHost()
    const { configuration } = await relyingParty(host, { requiresReauthentication: true })
    const { authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const { page, finish } = await authorize({ agent, configuration })
    const consent = await signIn(agent, page, authenticator, isRedirectUri)
    host.clock.pass(5 * minute)
    const returned = await decide(agent, consent, 'submitTo', isRedirectUri)
    expect((await finish(returned.location)).claims()).toMatchObject({ email: 'ada@example.com' })
  })
})

test('records that a client supports PKCE when it uses PKCE voluntarily', async () => {
  await using host = await startHost()
  const fixture = await authorizeClient(host)
  const readPkceSupport = async () => (await host.pocket.clients.find(fixture.client.id))?.pkceSupported
  expect(await readPkceSupport()).toBe(false)
  const challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier())
  await authorize(fixture, { prompt: 'none', code_challenge: challenge, code_challenge_method: 'S256' })
  expect(await readPkceSupport()).toBe(true)
})
