import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { day, decide, type Host, signIn, startHost, viewOf } from './host.ts'

const redirectUri = 'https://app.example/callback'
const isRedirectUri = (url: string) => url.startsWith(redirectUri)

async function relyingParty(host: Host, { isPublic = false } = {}) {
  const { client, secret } = await host.client({
    redirectUris: [redirectUri],
    postLogoutRedirectUris: ['https://app.example/bye'],
    isPublic,
  })
  const authentication = isPublic ? oidc.None() : oidc.ClientSecretBasic(secret)
  const configuration = await oidc.discovery(new URL(host.issuer), client.id, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  })
  return { client, configuration }
}

type Parameters = Readonly<Record<string, string>>

/** An authorization that openid-client verifies: state, nonce, PKCE, issuer, signature. */
async function authorize(agent: UserAgent, configuration: oidc.Configuration, extra: Parameters = {}) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
  }
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile email groups offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...extra,
  })
  const page = await agent.follow(await agent.get(url.href), { until: isRedirectUri })
  return { page, finish: (to: string | null) => oidc.authorizationCodeGrant(configuration, new URL(to ?? ''), checks) }
}

async function signInAda(host: Host) {
  const { configuration, client } = await relyingParty(host)
  const { account, authenticator } = await host.person('ada')
  const agent = new UserAgent()
  const { page, finish } = await authorize(agent, configuration)
  const returned = await decide(
    agent,
    await signIn(agent, page, authenticator, isRedirectUri),
    'submitTo',
    isRedirectUri,
  )
  return { configuration, client, account, authenticator, agent, tokens: await finish(returned.location) }
}

describe('relying party with openid-client', () => {
  test('requires PKCE of a confidential client if an administrator enables it', async () => {
    await using host = await startHost()
    for (const pkceRequired of [true, false]) {
      const { client } = await host.client({ redirectUris: [redirectUri], pkceRequired })
      const query = { client_id: client.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' }
      const page = await new UserAgent().get(`${host.issuer}/authorize?${new URLSearchParams(query)}`)
      expect([pkceRequired, page.location?.includes('error=invalid_request')]).toEqual([pkceRequired, pkceRequired])
    }
  })

  test('allows introspection and revocation only to the client itself', async () => {
    await using host = await startHost()
    const { configuration, account, tokens } = await signInAda(host)
    const { configuration: another } = await relyingParty(host)
    expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toMatchObject({ active: true })
    expect(await oidc.tokenIntrospection(another, tokens.access_token)).toEqual({ active: false })
    const anonymous = await fetch(`${host.issuer}/api/oidc/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token: tokens.access_token }),
    })
    expect(anonymous.status).toBe(401)
    await oidc.tokenRevocation(another, tokens.access_token).catch(() => undefined)
    await oidc.tokenRevocation(configuration, 'unknown')
    expect(host.events.filter(({ event }) => event === 'token_revoked')).toEqual([])
    await oidc.tokenRevocation(configuration, tokens.access_token)
    const { client_id: clientId } = configuration.clientMetadata()
    expect(host.events).toContainEqual({ event: 'token_revoked', kind: 'AccessToken', clientId, accountId: account.id })
    expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
  })

  test('rejects a disabled account immediately at UserInfo, refresh, introspection and /authorize', async () => {
    await using host = await startHost()
    const { configuration, account, tokens, agent, authenticator } = await signInAda(host)
    host.accounts.set(account.id, { ...account, disabled: true })
    await expect(oidc.fetchUserInfo(configuration, tokens.access_token, account.id)).rejects.toThrow()
    expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
    await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    const { page } = await authorize(agent, configuration)
    await expect(signIn(agent, page, authenticator, isRedirectUri)).rejects.toThrow('account_disabled')
    expect(host.events).toContainEqual({
      event: 'sign_in_failed',
      code: 'account_disabled',
      method: 'passkey',
      accountId: account.id,
    })
    expect(host.errors).toEqual([])
  })

  test('rejects a deleted account immediately at UserInfo, refresh, introspection and /authorize', async () => {
    await using host = await startHost()
    const { configuration, account, tokens, agent } = await signInAda(host)
    host.accounts.delete(account.id)
    await expect(oidc.fetchUserInfo(configuration, tokens.access_token, account.id)).rejects.toThrow()
    expect(await oidc.tokenIntrospection(configuration, tokens.access_token)).toEqual({ active: false })
    await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    const { page } = await authorize(agent, configuration)
    expect(viewOf(page)).toMatchObject({ view: 'sign-in' })
    expect(host.errors).toEqual([])
  })

  test('a key rotation invalidates neither tokens nor pending interactions', async () => {
    const keySchedule = { signingPeriod: 0, announcementPeriod: 0, verificationPeriod: day }
    await using host = await startHost({ options: { signingKeys: { schedule: keySchedule } } })
    const { configuration, tokens, authenticator, account } = await signInAda(host)
    const agent = new UserAgent()
    const { page, finish } = await authorize(agent, configuration)
    const keysBefore = await keyIds(host)
    await host.pocket.rotateKeys()
    const keysAfter = await keyIds(host)
    expect(keysAfter[0]).toBe(keysBefore[1])
    expect(keysAfter).toContain(keysBefore[0])
    expect(await oidc.fetchUserInfo(configuration, tokens.access_token, account.id)).toMatchObject({ sub: account.id })
    const returned = await signIn(agent, page, authenticator, isRedirectUri)
    expect((await finish(returned.location)).claims()).toMatchObject({ preferred_username: 'ada' })
    expect(host.events.filter(({ event }) => event === 'keys_rotated')).toHaveLength(4)
  })

  test('a key rotation in another process is applied within a minute', async () => {
    const keySchedule = { signingPeriod: 0, announcementPeriod: 0, verificationPeriod: day }
    await using one = await startHost({ options: { signingKeys: { schedule: keySchedule } } })
    await using two = await startHost({ stores: one.stores, options: { signingKeys: { schedule: keySchedule } } })
    await one.pocket.rotateKeys()
    two.clock.pass(61_000)
    expect(await keyIds(two)).toEqual(await keyIds(one))
    one.stores.keys.listCached = async () => {
      throw new Error('the database went away')
    }
    two.clock.pass(61_000)
    expect(await keyIds(two)).toEqual(await keyIds(one))
    expect(two.errors).toHaveLength(1)
  })

  test('sign-out revokes every refresh token of the session, including those with an earlier scope', async () => {
    await using host = await startHost()
    const { configuration } = await relyingParty(host)
    const { authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const { page, finish } = await authorize(agent, configuration, { scope: 'openid' })
    const returned = await decide(
      agent,
      await signIn(agent, page, authenticator, isRedirectUri),
      'submitTo',
      isRedirectUri,
    )
    const tokens = await finish(returned.location)
    expect(tokens).toMatchObject({ refresh_token: expect.any(String), scope: 'openid' })
    const wider = await authorize(agent, configuration)
    await decide(agent, wider.page, 'submitTo', isRedirectUri)
    const end = await agent.get(oidc.buildEndSessionUrl(configuration).href)
    const { submitTo, hidden } = end.scriptJson() as { submitTo: string; hidden: Record<string, string> }
    await agent.postForm(submitTo, hidden)
    await expect(oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
})

test('ignores the host of an absolute request target', async () => {
  await using host = await startHost()
  const { port } = new URL(host.issuer)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `GET http://evil.example/.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
  )
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  const result = Buffer.concat(chunks).toString()
  expect(result).toContain(`"token_endpoint":"${host.issuer}/api/oidc/token"`)
  expect(result).not.toContain('evil')
})

test('records the reason of every rejection', async () => {
  await using host = await startHost()
  const { client } = await relyingParty(host)
  const post = (endpoint: string, fields: Readonly<Record<string, string>>) =>
    fetch(`${host.issuer}/api/oidc/${endpoint}`, { method: 'POST', body: new URLSearchParams(fields) })
  await fetch(`${host.issuer}/api/oidc/userinfo`, { headers: { authorization: 'Bearer wrong' } })
  await post('introspect', { client_id: client.id, client_secret: 'wrong', token: 'x' })
  await post('revoke', { client_id: client.id, client_secret: 'wrong', token: 'x' })
  await post('token', { client_id: client.id, client_secret: 'wrong', grant_type: 'authorization_code', code: 'x' })
  await fetch(`${host.issuer}/api/oidc/end-session?id_token_hint=wrong`)
  await fetch(`${host.issuer}/interaction/nowhere`)
  expect(host.events).toMatchObject([
    { event: 'request_refused', endpoint: 'userinfo', code: 'invalid_token', reason: expect.any(String) },
    { event: 'request_refused', endpoint: 'introspection', code: 'invalid_client', clientId: client.id },
    { event: 'request_refused', endpoint: 'revocation', code: 'invalid_client', clientId: client.id },
    { event: 'token_refused', code: 'invalid_client', clientId: client.id },
    { event: 'request_refused', endpoint: 'end_session', code: 'invalid_request' },
    { event: 'request_refused', endpoint: 'interaction', code: 'interaction_expired' },
  ])
  const wrongMethod = await fetch(`${host.issuer}/api/oidc/token`)
  expect([wrongMethod.status, await wrongMethod.json()]).toMatchObject([405, { error: 'invalid_request' }])
})

async function keyIds(host: Host): Promise<string[]> {
  const { keys } = (await (await fetch(`${host.issuer}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}
