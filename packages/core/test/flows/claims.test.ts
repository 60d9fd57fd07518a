import { describe, expect, test } from '@jest/globals'
import type { Account, ClientProtocolInput } from '@pocket/core'
import * as oidc from 'openid-client'
import { beginAuthorization, createParty, receiveClaims, signInAndConsent } from './claims-client.ts'
import { shareHost, signIn, viewOf, visit } from './host.ts'
import { redirectUri } from './login.ts'
import { redirectParameters } from './requests.ts'

const host = shareHost()

const group = (name: string, claims: Readonly<Record<string, string>> = {}) => ({
  id: name,
  name,
  customClaims: Object.entries(claims).map(([key, value]) => ({ key, value })),
})

const about: Partial<Account> = {
  locale: 'de-CH',
  zoneinfo: 'Europe/Zurich',
  updatedAt: 1_700_000_000_999,
  groups: [group('Zoo', { floor: '2', wing: 'west' }), group('attic', { floor: '5' })],
  customClaims: [
    { key: 'room', value: '"5"' },
    { key: 'roles', value: '["a","b"]' },
    { key: 'wing', value: 'north' },
    { key: 'name', value: 'Somebody else' },
    { key: 'sub', value: 'somebody-else' },
    { key: 'acr', value: 'gold' },
    { key: '__proto__', value: '{"polluted":true}' },
  ],
}

describe('claims', () => {
  test('follow the scopes, with the same values in the ID token, at UserInfo and after a refresh', async () => {
    const fixture = await createParty(host, {}, about)
    const { idToken, userInfo, refreshed } = await receiveClaims(fixture, {
      scope: 'openid profile email groups offline_access',
      prompt: 'consent',
    })
    expect(idToken).toEqual({
      name: 'ada Koch',
      given_name: 'ada',
      family_name: 'Koch',
      display_name: 'ada',
      preferred_username: 'ada',
      locale: 'de-CH',
      zoneinfo: 'Europe/Zurich',
      updated_at: 1_700_000_000,
      email: 'ada@example.com',
      email_verified: true,
      groups: ['Zoo', 'attic'],
      // The group that sorts first wins, ignoring case; claims of the user take precedence; JSON values are parsed.
      floor: 5,
      wing: 'north',
      room: '5',
      roles: ['a', 'b'],
    })
    expect(userInfo).toEqual(idToken)
    expect(refreshed).toEqual(idToken)
  })

  test('are limited to the scopes, and custom claims never replace protocol claims', async () => {
    const fixture = await createParty(host, {}, about)
    const { tokens, idToken, userInfo } = await receiveClaims(fixture, {
      scope: 'openid email offline_access',
      prompt: 'consent',
    })
    expect(idToken).toEqual({ email: 'ada@example.com', email_verified: true })
    expect(userInfo).toEqual(idToken)
    expect(tokens.claims()).toMatchObject({ sub: fixture.account.id, acr: 'phr' })
  })

  test('of scopes that count as requested are added, though the client cannot request them', async () => {
    const fixture = await createParty(host, { defaultScopes: ['groups', 'offline_access'] }, about)
    const page = await beginAuthorization(fixture, { scope: 'openid' })
    const { idToken, scope } = await receiveClaims(fixture, { scope: 'openid' })
    expect(page.location).toBeNull()
    expect(idToken).toEqual({ groups: ['Zoo', 'attic'] })
    expect(scope?.split(' ').sort()).toEqual(['groups', 'offline_access', 'openid'])
  })

  test('include `offline_access` only if it is requested, even with PAR', async () => {
    const request = { redirect_uri: redirectUri, scope: 'openid offline_access' }
    for (const isPushed of [false, true]) {
      const fixture = await createParty(host, {}, about)
      const { configuration, agent } = fixture
      const sendRequest = async (extra: Readonly<Record<string, string>>) => {
        const url = isPushed
          ? await oidc.buildAuthorizationUrlWithPAR(configuration, { ...request, ...extra })
          : oidc.buildAuthorizationUrl(configuration, { ...request, ...extra })
        return visit(agent, url)
      }
      const returned = await signInAndConsent(fixture, await sendRequest({}))
      expect((await oidc.authorizationCodeGrant(configuration, returned)).scope).toBe('openid offline_access')
      const less = await signInAndConsent(fixture, await sendRequest({ scope: 'openid' }))
      expect((await oidc.authorizationCodeGrant(configuration, less)).scope).toBe('openid')
    }
  })

  test('ignore unknown scopes and parameters', async () => {
    const fixture = await createParty(host)
    const result = await receiveClaims(fixture, {
      scope: 'openid unknown urn:x:y email offline_access',
      prompt: 'consent',
      audience: 'x',
      claims_locales: 'de',
      foo: 'bar',
    })
    expect(result.idToken).toEqual({ email: 'ada@example.com', email_verified: true })
    expect(result.scope?.split(' ').sort()).toEqual(['email', 'offline_access', 'openid'])
  })
})

describe('claims parameter', () => {
  const claims = JSON.stringify({
    id_token: { email: { essential: true }, room: null, unknown: null, iss: null },
    userinfo: { preferred_username: null },
  })

  test('requests individual claims, each in its own location', async () => {
    const fixture = await createParty(host, {}, about)
    const { idToken, userInfo, refreshed } = await receiveClaims(fixture, {
      scope: 'openid offline_access',
      prompt: 'consent',
      claims,
    })
    expect(idToken).toEqual({ email: 'ada@example.com', room: '5' })
    expect(userInfo).toEqual({ preferred_username: 'ada' })
    expect(refreshed).toEqual(idToken)
  })

  test('requires the consent that the matching scopes require', async () => {
    const fixture = await createParty(host, {}, about)
    await receiveClaims(fixture, { scope: 'openid offline_access', prompt: 'consent' })
    const silent = await beginAuthorization(fixture, { scope: 'openid', prompt: 'none', claims })
    expect(redirectParameters(silent).error).toBe('consent_required')
    const page = await beginAuthorization(fixture, { scope: 'openid', claims })
    expect(viewOf(page)).toMatchObject({
      view: 'consent',
      claims: expect.arrayContaining([expect.objectContaining({ value: 'ada@example.com' })]),
    })
    await signInAndConsent(fixture, page)
    const again = await beginAuthorization(fixture, { scope: 'openid', prompt: 'none', claims })
    expect(redirectParameters(again).code).toEqual(expect.any(String))
  })

  test.each(['x', '[]', '{}', '{"id_token":[]}'])('rejects %s', async (wrong) => {
    const fixture = await createParty(host)
    const page = await beginAuthorization(fixture, { scope: 'openid', claims: wrong })
    expect(redirectParameters(page).error).toBe('invalid_request')
  })
})

describe('claim rules of a client', () => {
  test('rename, replace, read custom claims, filter groups and format values', async () => {
    const fixture = await createParty(
      host,
      {
        claimRules: [
          { claim: 'username', source: { kind: 'claim', name: 'preferred_username' } },
          { claim: 'member', source: { kind: 'claim', name: 'groups' }, as: 'string' },
          { claim: 'quota', source: { kind: 'custom', key: 'floor' }, as: 'string' },
          { claim: 'rooms', source: { kind: 'custom', key: 'room' }, as: 'array' },
          { claim: 'email_verified', source: { kind: 'constant', value: false } },
          { claim: 'absent', source: { kind: 'custom', key: 'nothing' } },
        ],
        groupRules: { include: ['Z*', 'a*c'], rename: { Zoo: 'animals' } },
      },
      { ...about, groups: [...(about.groups ?? []), group('other')] },
    )
    await host.pocket.clients.update(fixture.client.id, {
      ...fixture.client,
      protocol: { userNames: { [fixture.account.id]: 'ada.on.the.nas' } },
    })
    const { idToken, userInfo, refreshed } = await receiveClaims(fixture, {
      scope: 'openid profile email groups offline_access',
      prompt: 'consent',
    })
    expect(idToken).toMatchObject({
      preferred_username: 'ada.on.the.nas',
      username: 'ada.on.the.nas',
      groups: ['animals', 'attic'],
      member: 'animals,attic',
      quota: '5',
      rooms: ['5'],
      email_verified: false,
    })
    expect(idToken).not.toHaveProperty('absent')
    expect(userInfo).toEqual(idToken)
    expect(refreshed).toEqual(idToken)
  })

  test('add nothing that the scopes do not allow, except constants', async () => {
    const fixture = await createParty(
      host,
      {
        claimRules: [
          { claim: 'mail', source: { kind: 'claim', name: 'email' } },
          { claim: 'where', source: { kind: 'custom', key: 'room' } },
          { claim: 'tenant', source: { kind: 'constant', value: { id: 1 } } },
        ],
      },
      about,
    )
    const { idToken } = await receiveClaims(fixture, { scope: 'openid offline_access', prompt: 'consent' })
    expect(idToken).toEqual({ tenant: { id: 1 } })
  })

  test.each(['sub', 'iss', 'aud', 'exp', 'nonce', 'auth_time', 'amr', 'acr', 'at_hash', 'sid', '__proto__'])(
    'never set %s',
    async (claim) => {
      const rules = { claimRules: [{ claim, source: { kind: 'constant', value: 'x' } as const }] }
      await expect(host.client({ protocol: rules })).rejects.toMatchObject({
        code: 'validation_failed',
        fields: [{ field: 'protocol.claimRules.0.claim', code: 'reserved' }],
      })
    },
  )

  test('require a complete source', async () => {
    const rules = { claimRules: [{ claim: 'x', source: JSON.parse('{"kind":"claim"}') }] }
    await expect(host.client({ protocol: rules })).rejects.toMatchObject({
      fields: [{ field: 'protocol.claimRules.0.source.name', code: 'required' }],
    })
  })

  test('ignore stored rules for reserved claims', async () => {
    const fixture = await createParty(host)
    const claimRules = ['sub', 'azp', 'events', 'cnf'].map((claim) => {
      const source = { kind: 'constant', value: `a ${claim} of nobody` } as const
      return { claim, source, as: null }
    })
    const stored = await host.stores.clients.find(fixture.client.id)
    if (stored) await host.stores.clients.update({ ...stored, protocol: { ...stored.protocol, claimRules } })
    const page = await beginAuthorization(fixture, { scope: 'openid offline_access', prompt: 'consent' })
    const consent = await signIn(fixture.agent, page, fixture.authenticator)
    expect(viewOf(consent).view).toBe('consent')
    const tokens = await oidc.authorizationCodeGrant(fixture.configuration, await signInAndConsent(fixture, consent))
    const { account, configuration } = fixture
    const userInfo = await oidc.fetchUserInfo(configuration, tokens.access_token, account.id)
    const preview = await host.pocket.previewTokens(fixture.client.id, account.id, 'openid')
    for (const each of [consent.text, tokens.claims(), userInfo, preview])
      expect(JSON.stringify(each)).not.toContain('of nobody')
  })
})

test('a client with pairwise subjects never receives the account ID', async () => {
  const fixture = await createParty(host, {
    subjectType: 'pairwise',
    claimRules: [
      { claim: 'user_id', source: { kind: 'claim', name: 'sub' } },
      { claim: 'ids', source: { kind: 'claim', name: 'sub' }, as: 'array' },
      { claim: 'photo', source: { kind: 'claim', name: 'picture' } },
      { claim: 'also', source: { kind: 'custom', key: 'room' } },
      { claim: 'kept', source: { kind: 'claim', name: 'email' } },
    ],
  })
  const { account, configuration } = fixture
  host.accounts.set(account.id, {
    ...account,
    picture: `https://id.example/${account.id}.png`,
    customClaims: [{ key: 'room', value: `{"of":["${account.id}"]}` }],
  })
  const page = await beginAuthorization(fixture, { scope: 'openid profile email' })
  const consent = await signIn(fixture.agent, page, fixture.authenticator)
  expect(consent.text).toContain('user_id')
  const tokens = await oidc.authorizationCodeGrant(configuration, await signInAndConsent(fixture, consent))
  const { sub = '', ...claims } = tokens.claims() ?? {}
  const userInfo = await oidc.fetchUserInfo(configuration, tokens.access_token, sub)
  const refreshed = (await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).claims()
  const preview = await host.pocket.previewTokens(fixture.client.id, account.id, 'openid profile email')
  expect(sub).not.toBe(account.id)
  for (const received of [claims, userInfo, refreshed, preview.idToken, preview.userInfo])
    expect(received).toMatchObject({ user_id: sub, ids: [sub], kept: account.email })
  const all = [consent.text, claims, userInfo, refreshed, preview].map((received) => JSON.stringify(received))
  for (const message of all) expect(message).not.toContain(account.id)
})

test('the consent page shows each claim under the name that the client receives', async () => {
  const listShownClaims = async (claimRules: ClientProtocolInput['claimRules'] = []) => {
    const fixture = await createParty(host, { claimRules }, { ...about, groups: [] })
    const page = await beginAuthorization(fixture, { scope: 'openid profile email offline_access', prompt: 'consent' })
    const view = viewOf(await signIn(fixture.agent, page, fixture.authenticator))
    return view.view === 'consent' ? view.claims : []
  }
  const otherClaim = (name: string, value: string | readonly string[]) => ({
    claim: 'other',
    name,
    value,
    verified: null,
  })
  const plain = await listShownClaims()
  expect(plain.slice(0, 3)).toEqual([
    { claim: 'name', value: 'ada Koch', verified: null },
    { claim: 'user_name', value: 'ada', verified: null },
    { claim: 'email', value: 'ada@example.com', verified: true },
  ])
  expect(plain.at(-1)).toEqual({ claim: 'offline_access', value: '', verified: null })
  const names = plain.slice(3, -1).map(({ name }) => name)
  expect(names.toSorted()).toEqual(['locale', 'roles', 'room', 'wing', 'zoneinfo'])
  const mappedClaims = await listShownClaims([
    { claim: 'rooms', source: { kind: 'custom', key: 'room' }, as: 'array' },
    { claim: 'given_name', source: { kind: 'claim', name: 'email' } },
    { claim: 'picture', source: { kind: 'custom', key: 'wing' } },
    { claim: 'email', source: { kind: 'constant', value: 'somebody@example.org' } },
    { claim: 'email_verified', source: { kind: 'constant', value: false } },
  ])
  expect(mappedClaims).toEqual(
    expect.arrayContaining([
      otherClaim('rooms', ['5']),
      otherClaim('given_name', 'ada@example.com'),
      otherClaim('picture', 'north'),
      otherClaim('email_verified', 'false'),
      { claim: 'email', value: 'somebody@example.org', verified: null },
    ]),
  )
})
