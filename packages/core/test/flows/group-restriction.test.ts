import { beforeAll, describe, expect, test } from '@jest/globals'
import type { ClientProtocolInput, NewClientInput } from '@pocket/core'
import { UserAgent, type UserAgentResponse } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { decide, type Host, openBrowser, shareHost, signIn, viewOf, visit } from './host.ts'
import { authorizationUrl, login, type Parameters, redirectUri, relyingParty } from './login.ts'
import { sendJson } from './requests.ts'

const registration = async () => ({ mode: 'open', restrictToGroups: true, documentPatterns: [] }) as const
const host = shareHost({ options: { protocol: { clientRegistration: registration } } })
let person: Awaited<ReturnType<Host['person']>>

beforeAll(async () => {
  person = await host.person('ada')
})

/** A client that all users may use, until `restrict` limits it to an empty group. */
async function application(protocol: ClientProtocolInput = {}, input: Partial<NewClientInput> = {}) {
  const party = await relyingParty(host, { client: input, protocol })
  const agent = new UserAgent()
  const { id } = party.client
  const restrict = async () => {
    const client = await host.pocket.clients.find(id)
    if (!client) throw new Error('The client no longer exists.')
    await host.pocket.clients.update(id, { ...client, isGroupRestricted: true })
    await host.pocket.clients.setAllowedGroups(id, ['staff'])
  }
  const authorize = async (extra: Parameters = {}) => {
    const url = authorizationUrl(host, id, extra)
    return visit(agent, url)
  }
  const enter = (parameters: Parameters = {}) => login(host, party.configuration, parameters, { agent, person })
  return { ...party, agent, restrict, authorize, enter }
}

const expectNotAllowed = (page: UserAgentResponse) => {
  expect(page.location).toBeNull()
  expect(viewOf(page)).toMatchObject({ view: 'not-allowed', account: { userName: 'ada' } })
}

const refused = { status: 400, error: 'invalid_grant' }

describe('restricting a client revokes', () => {
  test('an authorization code', async () => {
    const { enter, restrict } = await application()
    const { finish } = await enter()
    await restrict()
    await expect(finish()).rejects.toMatchObject(refused)
  })

  test.each<[string, ClientProtocolInput]>([
    ['opaque', {}],
    ['signed', { jwtAccessTokens: true }],
  ])('tokens, %s ones', async (_kind, protocol) => {
    const { enter, restrict, configuration } = await application(protocol)
    const tokens = await (await enter()).finish()
    const userInfo = () => oidc.fetchUserInfo(configuration, tokens.access_token, person.account.id)
    await expect(userInfo()).resolves.toHaveProperty('sub')
    await restrict()
    await expect(userInfo()).rejects.toThrow()
    for (const token of [tokens.access_token, tokens.refresh_token ?? ''])
      expect(await oidc.tokenIntrospection(configuration, token)).toEqual({ active: false })
    await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject(refused)
  })

  test('a pushed authorization request', async () => {
    const { enter, restrict, configuration, agent } = await application()
    await enter()
    const pushed = { redirect_uri: redirectUri, scope: 'openid' }
    const url = await oidc.buildAuthorizationUrlWithPAR(configuration, pushed)
    await restrict()
    expectNotAllowed(await visit(agent, url))
  })

  test('open sign-in and consent pages', async () => {
    const first = await application()
    const page = await first.authorize()
    await first.restrict()
    expectNotAllowed(await signIn(first.agent, page, person.authenticator))
    const second = await application()
    const consent = await signIn(second.agent, await second.authorize(), person.authenticator)
    await second.restrict()
    expectNotAllowed(await decide(second.agent, consent))
  })
})

test('removing a group from several clients revokes access in ascending order of accounts', async () => {
  const people = [await host.person('bob'), await host.person('cy')].sort((a, b) =>
    a.account.id < b.account.id ? 1 : -1,
  )
  for (const another of people) {
    const groups = [{ id: 'leaving', name: 'leaving' }]
    host.accounts.set(another.account.id, { ...another.account, groups })
    const party = await relyingParty(host, { client: { isGroupRestricted: true, skipConsent: true } })
    await host.pocket.clients.setAllowedGroups(party.client.id, ['leaving'])
    await (await login(host, party.configuration, {}, { person: another })).finish()
  }
  const { artifacts } = host.stores
  const destroy = artifacts.destroyByAccountAndClient.bind(artifacts)
  const revoked: string[] = []
  artifacts.destroyByAccountAndClient = async (accountId, clientId) => {
    revoked.push(accountId)
    return destroy(accountId, clientId)
  }
  await host.pocket.clients.setAllowedTo('leaving', [])
  artifacts.destroyByAccountAndClient = destroy
  expect(revoked).toEqual(people.map(({ account }) => account.id).sort())
})

describe('restricted client', () => {
  test.each<[string, Parameters]>([
    ['another sign-in', { prompt: 'login' }],
    ['another consent', { prompt: 'consent' }],
    ['a requested claim', { claims: '{"id_token":{"groups":{"values":["staff"]}}}' }],
    ['an ID token in the front channel', { response_type: 'id_token', nonce: 'n' }],
  ])('rejects %s', async (_what, parameters) => {
    const { authorize, restrict, agent, enter } = await application({ implicitIdToken: true }, { skipConsent: true })
    await enter()
    await restrict()
    const page = await authorize(parameters)
    const asks = viewOf(page).view === 'sign-in'
    expectNotAllowed(asks ? await signIn(agent, page, person.authenticator) : page)
    const silent = await authorize({ ...parameters, prompt: 'none', response_mode: 'query', response_type: 'code' })
    expect(new URL(silent.location ?? '').searchParams.get('error')).toBe('access_denied')
  })

  test('rejects a token exchange, and any other grant type that the client does not have', async () => {
    const { configuration, enter, restrict } = await application()
    const tokens = await (await enter()).finish()
    await restrict()
    const subject = {
      subject_token: tokens.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    }
    for (const grant of ['urn:ietf:params:oauth:grant-type:token-exchange', 'password', 'implicit'])
      await expect(
        oidc.genericGrantRequest(configuration, grant, { ...subject, username: 'ada', password: 'x' }),
      ).rejects.toMatchObject({ status: 400, error: 'unsupported_grant_type' })
  })

  test('cannot lift the restriction through its registration', async () => {
    const metadata = { redirect_uris: [redirectUri], client_name: 'Registered' }
    const response = await sendJson('POST', `${host.issuer}/api/oidc/register`, metadata)
    const created = (await response.json()) as Readonly<Record<string, string>>
    const id = created.client_id ?? ''
    const changed = { ...metadata, client_id: id, client_secret: created.client_secret, isGroupRestricted: false }
    const more = { pocket_access: { isGroupRestricted: false }, is_group_restricted: false, allowed_groups: ['g1'] }
    const { registration_client_uri: url = '', registration_access_token: token } = created
    await sendJson('PUT', url, { ...changed, ...more }, token)
    expect(await host.pocket.clients.find(id)).toMatchObject({ isGroupRestricted: true, allowedGroupIds: [] })
    const { agent, page } = await openBrowser(authorizationUrl(host, id))
    expectNotAllowed(await signIn(agent, page, person.authenticator))
  })
})
