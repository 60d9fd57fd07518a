import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { shareBetweenTests } from '@pocket/test-support'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { accessToApi } from './api-fixture.ts'
import { decide, type Host, hour, signIn, startHost, viewOf, visit } from './host.ts'
import { interceptReads } from './intercepted-reads.ts'
import { authorizationUrl, redirectUri } from './login.ts'
import { fetchUserInfo, redirectParameters, sendForm } from './requests.ts'

const repeat50Times = <T>(act: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, act))

describe.each(Object.entries(storeKinds))('over %s', (_kind, open) => {
  const database = shareBetweenTests(() => open())

  async function signInAda(host: Host, { isPublic = false } = {}) {
    const { client, secret } = await host.client({ redirectUris: [redirectUri], isPublic })
    const { authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const verifier = oidc.randomPKCECodeVerifier()
    const code_challenge = await oidc.calculatePKCECodeChallenge(verifier)
    const parameters = { scope: 'openid profile', code_challenge, code_challenge_method: 'S256' }
    const page = await visit(agent, authorizationUrl(host, client.id, parameters))
    const { code = '' } = redirectParameters(await decide(agent, await signIn(agent, page, authenticator)))
    const token = (fields: Readonly<Record<string, string>>) =>
      sendForm(host, 'token', {
        client_id: client.id,
        ...(!isPublic && { client_secret: secret }),
        redirect_uri: redirectUri,
        ...fields,
      })
    return {
      client,
      agent,
      code,
      authenticator,
      exchange: () => token({ grant_type: 'authorization_code', code, code_verifier: verifier }),
      token,
    }
  }

  const readTokens = async (response: Response) => (await response.json()) as Readonly<Record<string, string>>

  /** Asserts that no token of these responses works. */
  async function expectNoAccess(
    host: Host,
    token: (fields: Readonly<Record<string, string>>) => Promise<Response>,
    responses: readonly Response[],
  ) {
    for (const response of responses.filter(({ status }) => status === 200)) {
      const { access_token, refresh_token = '' } = await readTokens(response)
      expect((await fetchUserInfo(host, access_token ?? '')).status).toBe(401)
      expect(await readTokens(await token({ grant_type: 'refresh_token', refresh_token }))).toMatchObject({
        error: 'invalid_grant',
      })
    }
    expect(host.errors).toEqual([])
  }

  test('fifty exchanges of one code get one response, whose tokens are then revoked', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { exchange, token } = await signInAda(host)
    const responses = await repeat50Times(exchange)
    const won = responses.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    const [{ refresh_token }] = (await Promise.all(won.map((response) => response.json()))) as [
      { refresh_token: string },
    ]
    // A second use revokes the tokens of the first one (RFC 6749 §4.1.2).
    expect(await (await token({ grant_type: 'refresh_token', refresh_token })).json()).toMatchObject({
      error: 'invalid_grant',
    })
    expect(host.errors).toEqual([])
  })

  test('fifty concurrent refreshes of a confidential client get one response, whose tokens stay valid', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { exchange, token } = await signInAda(host)
    const { refresh_token = '' } = await readTokens(await exchange())
    const responses = await repeat50Times(() => token({ grant_type: 'refresh_token', refresh_token }))
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200))
    const input = await Promise.all(responses.map(readTokens))
    expect(new Set(input.map((each) => `${each.refresh_token} ${each.access_token} ${each.id_token}`)).size).toBe(1)
    const next = await token({ grant_type: 'refresh_token', refresh_token: input[0]?.refresh_token ?? '' })
    expect(next.status).toBe(200)
    expect(host.errors).toEqual([])
  })

  test('a refresh that fails in the store leaves the refresh token usable', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { exchange, token } = await signInAda(host)
    const { refresh_token = '' } = await readTokens(await exchange())
    const { artifacts } = host.stores
    const issue = artifacts.issue.bind(artifacts)
    artifacts.issue = (issued) =>
      host.stores.transaction(async () => {
        const invalid = issued.artifacts.map((artifact) => ({ ...artifact, key: '\0' }))
        await issue({ ...issued, artifacts: [...issued.artifacts, ...invalid] })
        // Databases reject NUL in text; the in-memory store does not.
        throw new Error('NUL')
      })
    expect((await token({ grant_type: 'refresh_token', refresh_token })).status).not.toBe(200)
    artifacts.issue = issue
    const response = await token({ grant_type: 'refresh_token', refresh_token })
    expect([response.status, host.errors.length]).toEqual([200, 1])
  })

  test('ten of fifty refreshes of a public client succeed, and their tokens stay valid', async () => {
    const now = Date.now()
    await using host = await startHost({ stores: await database.empty(), options: { clock: { now: () => now } } })
    const { exchange, token } = await signInAda(host, { isPublic: true })
    const { refresh_token } = (await (await exchange()).json()) as { refresh_token: string }
    const responses = await repeat50Times(() => token({ grant_type: 'refresh_token', refresh_token }))
    const won = responses.filter(({ status }) => status === 200)
    expect(won).toHaveLength(10)
    const tokens = (await Promise.all(won.map((response) => response.json()))) as { refresh_token: string }[]
    expect(new Set(tokens.map((each) => each.refresh_token)).size).toBe(10)
    for (const each of tokens)
      expect((await token({ grant_type: 'refresh_token', refresh_token: each.refresh_token })).status).toBe(200)
    expect(host.errors).toEqual([])
  })

  test('without a leeway fifty refreshes with one token get one response', async () => {
    await using host = await startHost({
      stores: await database.empty(),
      options: { protocol: { refreshTokenLeeway: 0 } },
    })
    const { exchange, token } = await signInAda(host, { isPublic: true })
    const { refresh_token } = (await (await exchange()).json()) as { refresh_token: string }
    const responses = await repeat50Times(() => token({ grant_type: 'refresh_token', refresh_token }))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(host.errors).toEqual([])
  })

  test.each(['AuthorizationCode', 'RefreshToken'])(
    'one of two requests that read the same %s before its use succeeds, and its tokens are then revoked',
    async (model) => {
      await using host = await startHost({
        stores: await database.empty(),
        options: { protocol: { refreshTokenLeeway: 0 } },
      })
      const { exchange, token } = await signInAda(host, { isPublic: true })
      const { refresh_token = '' } = model === 'RefreshToken' ? await readTokens(await exchange()) : {}
      const send = () => (refresh_token === '' ? exchange() : token({ grant_type: 'refresh_token', refresh_token }))
      const { artifacts } = host.stores
      const both = Promise.withResolvers<void>()
      let readers = 0
      interceptReads(artifacts, async (found) => {
        if (found.model === model && found.consumedAt === null && ++readers === 2) both.resolve()
        if (found.model === model) await both.promise
      })
      const responses = await Promise.all([send(), send()])
      expect(responses.map(({ status }) => status).sort()).toEqual([200, 400])
      await expectNoAccess(host, token, responses)
    },
  )

  test.each(['RefreshToken', 'Grant'])(
    'a revocation after a refresh has read the %s leaves no valid token',
    async (model) => {
      await using host = await startHost({ stores: await database.empty() })
      const { client, exchange, token } = await signInAda(host)
      const { refresh_token = '' } = await readTokens(await exchange())
      const secret = (await host.pocket.clients.addSecret(client.id)).plain
      const { artifacts } = host.stores
      const restore = interceptReads(artifacts, async (found) => {
        if (found.model !== model) return
        restore()
        const fields = { client_id: client.id, client_secret: secret, token: refresh_token }
        expect((await sendForm(host, 'revoke', fields)).status).toBe(200)
      })
      const response = await token({ grant_type: 'refresh_token', refresh_token })
      expect(response.status).toBe(400)
      await expectNoAccess(host, token, [response])
    },
  )

  test('a revocation that begins while a refresh of a public client stores its tokens leaves no valid token', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { client, exchange, token } = await signInAda(host, { isPublic: true })
    const { refresh_token = '' } = await readTokens(await exchange())
    const { artifacts } = host.stores
    const issue = artifacts.issue.bind(artifacts)
    let revoked: Promise<Response> | undefined
    artifacts.issue = (issued) => {
      artifacts.issue = issue
      revoked = sendForm(host, 'revoke', { client_id: client.id, token: refresh_token })
      return issue(issued)
    }
    const response = await token({ grant_type: 'refresh_token', refresh_token })
    expect((await revoked)?.status).toBe(200)
    await expectNoAccess(host, token, [response])
  })

  test('fifty responses to one challenge sign in once', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { client } = await host.client({ redirectUris: [redirectUri] })
    const { authenticator } = await host.person('ada')
    const agent = new UserAgent()
    const page = await agent.follow(await agent.get(authorizationUrl(host, client.id)))
    const view = viewOf(page, 'sign-in')
    const response = authenticator.get(view.ceremony.options, { origin: host.issuer })
    const responses = await repeat50Times(() => agent.postJson(`${host.issuer}${view.ceremony.submitTo}`, { response }))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('renaming a client revokes its tokens and keeps its secrets, consents, access and log', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { client, exchange } = await signInAda(host)
    const { access_token, refresh_token } = (await (await exchange()).json()) as Record<string, string>
    const { plain, stored } = await host.pocket.clients.addSecret(client.id)
    await host.stores.clients.recordSecretUse(client.id, stored.id, 5)
    const attempts = await host.pocket.connectionLog.list(client.id)
    expect(attempts.length).toBeGreaterThan(0)
    const [accountId = ''] = host.accounts.keys()
    await host.stores.consents.allow(accountId, client.id, ['email'], 0)
    const api = await host.pocket.apis.create({ name: 'Files', resource: 'https://files.example.com' })
    await host.pocket.apis.update(api.id, { name: 'Files', resourceServerClientIds: [client.id] })
    await host.pocket.apis.setGrant(api.id, client.id, accessToApi(api, null, []))
    await host.pocket.clients.create({ id: 'taken', name: 'Taken', redirectUris: [] })
    await expect(host.pocket.clients.rename(client.id, 'taken')).rejects.toMatchObject({
      code: 'client_id_already_exists',
    })
    await expect(host.pocket.clients.rename(client.id, 'a b')).rejects.toMatchObject({ code: 'validation_failed' })
    await host.pocket.clients.rename(client.id, 'renamed')
    expect(await host.pocket.clients.find(client.id)).toBeUndefined()
    expect((await host.pocket.clients.secretUses('renamed')).get(stored.id)).toBe(5)
    expect(await host.pocket.connectionLog.list('renamed')).toEqual(
      attempts.map((attempt) => ({ ...attempt, clientId: 'renamed' })),
    )
    expect(await host.stores.consents.find(accountId, client.id)).toBeUndefined()
    expect(await host.stores.consents.find(accountId, 'renamed')).toMatchObject({
      scopes: expect.arrayContaining(['email']),
    })
    expect(await host.pocket.apis.grantsOf(api.id)).toMatchObject([{ clientId: 'renamed', clientAccess: true }])
    expect(await host.pocket.apis.find(api.id)).toMatchObject({ resourceServerClientIds: ['renamed'] })
    expect((await fetchUserInfo(host, access_token ?? '')).status).toBe(401)
    const renamed = { client_id: 'renamed', grant_type: 'refresh_token', refresh_token: refresh_token ?? '' }
    const refresh = async (secret: string) => {
      const response = await sendForm(host, 'token', { ...renamed, client_secret: secret })
      return Object(await response.json()).error
    }
    expect([await refresh('wrong'), await refresh(plain)]).toEqual(['invalid_client', 'invalid_grant'])
  })

  test('removing a client removes its artifacts, and forgetting an account removes all artifacts of the account', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { client, exchange, agent, token } = await signInAda(host)
    const { access_token, refresh_token } = (await (await exchange()).json()) as Record<string, string>
    const userInfo = () => fetchUserInfo(host, access_token ?? '')
    expect((await userInfo()).status).toBe(200)
    await host.pocket.clients.remove(client.id)
    expect((await userInfo()).status).toBe(401)
    // A new client may reuse the ID; no artifact of the old client is valid there.
    await host.pocket.clients.create({ id: client.id, name: 'Another', redirectUris: [redirectUri] })
    const another = (await host.pocket.clients.addSecret(client.id)).plain
    const old = await token({ client_secret: another, grant_type: 'refresh_token', refresh_token: refresh_token ?? '' })
    expect(await old.json()).toMatchObject({ error: 'invalid_grant' })
    expect((await userInfo()).status).toBe(401)
    const [accountId = ''] = host.accounts.keys()
    expect(await host.stores.consents.find(accountId, client.id)).toBeUndefined()
    await host.stores.consents.allow(accountId, client.id, ['openid'], 0)
    await host.pocket.forgetAccount(accountId)
    expect(await host.pocket.passkeys.list(accountId)).toEqual([])
    expect(await host.stores.consents.find(accountId, client.id)).toBeUndefined()
    expect((await agent.get(authorizationUrl(host, client.id, { prompt: 'none' }))).location).toContain(
      'error=login_required',
    )
  })

  test('ending access ends all unused credentials, and forgetting an account also its attempts', async () => {
    await using host = await startHost({ stores: await database.empty() })
    const { client } = await signInAda(host)
    const [accountId = ''] = host.accounts.keys()
    const { codes, reauthentications, deviceLogins } = host.stores
    const authenticatedAt = host.clock.now()
    const expiresAt = authenticatedAt + hour
    const waiting = { hash: 'waiting', accountId, expiresAt }
    const login = { id: crypto.randomUUID(), tokenHash: 'token', codeHash: 'code', expiresAt }
    const noUser = { ipAddress: null, userAgent: null, status: 'pending', accountId: null, sessionUid: null } as const
    await codes.insert({ ...waiting, browserHash: null, byProgram: false, kind: null, sessionUid: null })
    await reauthentications.insert({ ...waiting, sessionUid: 'session', authenticatedAt })
    await deviceLogins.insert({ ...login, ...noUser })
    expect(
      await deviceLogins.decide('code', { status: 'approved', accountId, sessionUid: null, at: authenticatedAt }),
    ).toBe(true)
    await host.pocket.endAccess(accountId)
    expect(await codes.consume('waiting')).toMatchObject({ expiresAt: 0 })
    expect([
      await reauthentications.consume({ hash: 'waiting', accountId, sessionUid: 'session' }),
      await deviceLogins.consume(login.id, 'token'),
    ]).toEqual([undefined, undefined])
    const listAttempts = async () =>
      (await host.pocket.connectionLog.list(client.id)).map((attempt) => attempt.accountId)
    expect(await listAttempts()).toContain(accountId)
    await host.pocket.forgetAccount(accountId)
    expect(await listAttempts()).not.toContain(accountId)
  })

  test('removes expired rows in batches', async () => {
    await using host = await startHost({ stores: await database.empty() })
    await signInAda(host)
    expect(await host.pocket.removeExpired(1)).toBe(0)
    host.clock.pass(26 * hour)
    let removed = 0
    for (let batch = -1; batch !== 0; removed += batch) batch = await host.pocket.removeExpired(1)
    // The session, the grant, the two finished interactions, and the spent challenge.
    expect(removed).toBe(5)
  })
})
