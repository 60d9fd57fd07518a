import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Api } from '@pocket/core'
import { shareBetweenTests } from '@pocket/test-support'
import { generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { storeKinds } from '../contracts/store-kinds.ts'
import { accessToApi, resource } from './api-fixture.ts'
import { signProof } from './client-jwts.ts'
import { minute, second, startHostOver } from './host.ts'
import { login, type Parameters, relyingParty } from './login.ts'
import { fetchUserInfo, sendForm } from './requests.ts'

type Fields = Readonly<Record<string, string>>

interface TokenResponse extends Fields {
  readonly access_token: string
  readonly refresh_token: string
}

describe.each(Object.entries(storeKinds))('over %s', (_kind, open) => {
  // Before the host ends, which interrupts its work.
  afterAll(() => expect(host.errors).toEqual([]))
  const host = shareBetweenTests(() => startHostOver(open, { options: { clock: { now: () => now } } }))
  let now = Date.now()
  let api: Api

  beforeAll(async () => {
    api = await host.pocket.apis.create({ name: 'Notes', resource, accessTokenFormat: 'opaque' })
  })

  type Party = Awaited<ReturnType<typeof relyingParty>>

  function createRefresh({ client, secret }: Party, headers?: () => Promise<Fields>) {
    return async (refresh_token: string, fields: Fields = {}) => {
      const response = await sendForm(
        host,
        'token',
        {
          client_id: client.id,
          ...(!client.isPublic && { client_secret: secret }),
          grant_type: 'refresh_token',
          refresh_token,
          ...fields,
        },
        { ...(await headers?.()) },
      )
      return (await response.json()) as TokenResponse
    }
  }

  async function createConfidentialClient(parameters: Parameters = {}) {
    const party = await relyingParty(host, { client: { skipConsent: true } })
    await host.pocket.apis.setGrant(api.id, party.client.id, accessToApi(api, []))
    const { account, finish } = await login(host, party.configuration, parameters)
    const first = (await finish()) as unknown as TokenResponse
    const isAccepted = ({ access_token }: TokenResponse) => fetchUserInfo(host, access_token).then(({ ok }) => ok)
    return { ...party, account, first, refresh: createRefresh(party), isAccepted }
  }

  const refused = { error: 'invalid_grant' }

  test('repeats the response for sixty seconds, with expires_in recalculated', async () => {
    const { first, refresh, isAccepted } = await createConfidentialClient()
    const result = await refresh(first.refresh_token)
    expect(result).toMatchObject({ expires_in: 3600, id_token: expect.any(String) })
    now += 3 * second
    expect(await refresh(first.refresh_token)).toEqual({ ...result, expires_in: 3597 })
    now += 57 * second - 1
    expect(await refresh(first.refresh_token)).toEqual({ ...result, expires_in: 3541 })
    expect(await isAccepted(result)).toBe(true)
    expect(await refresh(result.refresh_token)).toMatchObject({ access_token: expect.any(String) })
  })

  test('treats a reuse after sixty seconds as theft and revokes the family', async () => {
    const { first, refresh, isAccepted } = await createConfidentialClient()
    const result = await refresh(first.refresh_token)
    now += minute
    expect(await refresh(first.refresh_token)).toMatchObject(refused)
    expect(await isAccepted(result)).toBe(false)
    expect(await refresh(result.refresh_token)).toMatchObject(refused)
    expect(host.events).toContainEqual(expect.objectContaining({ event: 'token_revoked', kind: 'RefreshToken' }))
  })

  test('does not repeat the response for longer when the clock was set back', async () => {
    const { first, refresh } = await createConfidentialClient()
    await refresh(first.refresh_token)
    now -= minute
    expect(await refresh(first.refresh_token)).toMatchObject(refused)
    now += minute
  })

  test.each<[string, readonly string[] | null, string]>([
    ['lost a permission', [], 'invalid_grant'],
    ['lost its access to the API', null, 'access_denied'],
  ])('does not repeat the response to a client that %s', async (_what, kept, error) => {
    const withPermission = await host.pocket.apis.setPermissions(api.id, [{ key: 'notes:write', name: 'Write' }])
    const party = await relyingParty(host, { client: { skipConsent: true } })
    await host.pocket.apis.setGrant(api.id, party.client.id, accessToApi(withPermission, ['notes:write']))
    const { finish } = await login(host, party.configuration, { resource, scope: 'openid notes:write' })
    const { refresh_token } = (await finish()) as unknown as TokenResponse
    const refresh = createRefresh(party)
    expect(await refresh(refresh_token)).toMatchObject({ scope: expect.stringContaining('notes:write') })
    await host.pocket.apis.setGrant(api.id, party.client.id, accessToApi(api, kept))
    expect(await refresh(refresh_token)).toMatchObject({ error })
    await host.pocket.apis.setPermissions(api.id, [])
  })

  test('treats a reuse after the new token was used as theft and revokes the family', async () => {
    const { first, refresh, isAccepted } = await createConfidentialClient()
    const result = await refresh(first.refresh_token)
    const next = await refresh(result.refresh_token)
    expect(await refresh(first.refresh_token)).toMatchObject(refused)
    expect([await isAccepted(result), await isAccepted(next)]).toEqual([false, false])
    expect(await refresh(next.refresh_token)).toMatchObject(refused)
  })

  test.each<[string, Fields]>([
    ['for fewer scopes', { scope: 'openid' }],
    ['for an API', { resource }],
  ])('rejects a request %s, and revokes nothing', async (_what, fields) => {
    const { first, refresh } = await createConfidentialClient({ scope: 'openid email', resource })
    const result = await refresh(first.refresh_token)
    expect(await refresh(first.refresh_token, fields)).toMatchObject(refused)
    expect(await refresh(first.refresh_token)).toMatchObject({ refresh_token: result.refresh_token })
    expect(await refresh(result.refresh_token)).toMatchObject({ access_token: expect.any(String) })
  })

  test('repeats the response for the same scopes in another order', async () => {
    const { first, refresh } = await createConfidentialClient()
    const result = await refresh(first.refresh_token, { scope: 'openid email' })
    expect(await refresh(first.refresh_token, { scope: 'email openid' })).toEqual(result)
  })

  test('authenticates the client first', async () => {
    const { client, first, refresh } = await createConfidentialClient()
    const other = createRefresh(await relyingParty(host))
    const result = await refresh(first.refresh_token)
    expect(await refresh(first.refresh_token, { client_secret: 'wrong' })).toMatchObject({ error: 'invalid_client' })
    expect(await other(first.refresh_token)).toMatchObject(refused)
    await host.pocket.clients.addSecret(client.id)
    expect(await refresh(first.refresh_token)).toEqual(result)
  })

  test.each<
    [string, (input: Awaited<ReturnType<typeof createConfidentialClient>>, result: TokenResponse) => Promise<unknown>]
  >([
    [
      'the new token is revoked',
      ({ configuration }, result) => oidc.tokenRevocation(configuration, result.refresh_token),
    ],
    [
      'the old token is revoked',
      ({ configuration, first }) => oidc.tokenRevocation(configuration, first.refresh_token),
    ],
    [
      'the session is ended',
      async ({ account }) => {
        for (const { uid } of await host.pocket.sessions.list(account.id))
          expect(await host.pocket.sessions.end(account.id, uid)).toBe(true)
      },
    ],
    ['the access of the person ends', ({ account }) => host.pocket.endAccess(account.id)],
    ['the consent is withdrawn', ({ account, client }) => host.pocket.withdrawConsent(account.id, client.id)],
    ['the person is disabled', async ({ account }) => host.accounts.set(account.id, { ...account, disabled: true })],
  ])('repeats no response once %s', async (what, happens) => {
    const input = await createConfidentialClient()
    const result = await input.refresh(input.first.refresh_token)
    const listResponses = () => host.stores.artifacts.listByAccount('RefreshAnswer', input.account.id)
    expect(await listResponses()).toHaveLength(1)
    await happens(input, result)
    // The host does not notify core of the disabled account.
    if (what !== 'the person is disabled') expect(await listResponses()).toEqual([])
    expect(await input.refresh(input.first.refresh_token)).toMatchObject(refused)
  })

  test('stores no token of the response in plain text', async () => {
    const stored: string[] = []
    const { artifacts } = host.stores
    const { first, refresh } = await createConfidentialClient()
    const issue = artifacts.issue.bind(artifacts)
    artifacts.issue = (issued) => {
      stored.push(...issued.artifacts.map((artifact) => JSON.stringify(artifact)))
      return issue(issued)
    }
    const result = await refresh(first.refresh_token)
    artifacts.issue = issue
    expect(stored).toHaveLength(3)
    for (const token of [first.refresh_token, result.refresh_token, result.access_token, result.id_token ?? ''])
      expect(stored.join()).not.toContain(token)
  })

  test('repeats the response although the refresh token has since expired', async () => {
    const party = await relyingParty(host, { client: { refreshTokenDurationMinutes: 1 } })
    const { finish } = await login(host, party.configuration)
    const first = (await finish()) as unknown as TokenResponse
    const refresh = createRefresh(party)
    now += 50 * second
    const result = await refresh(first.refresh_token)
    now += 20 * second
    expect(await refresh(first.refresh_token)).toMatchObject({ refresh_token: result.refresh_token })
  })

  test('records no rejection, and logs each request as a success', async () => {
    const { client, first, refresh } = await createConfidentialClient()
    host.events.length = 0
    for (let times = 0; times < 3; times++) await refresh(first.refresh_token)
    expect(host.events).toEqual([])
    const attempts = await host.pocket.connectionLog.list(client.id)
    expect(attempts.filter(({ parameters }) => parameters.grant_type === 'refresh_token')).toMatchObject(
      Array(3).fill({ succeeded: true }),
    )
  })

  describe('public client', () => {
    const keys: CryptoKeyPair[] = []
    const createProof = async (key: CryptoKeyPair) => ({
      DPoP: await signProof(key, 'POST', `${host.issuer}/api/oidc/token`),
    })
    beforeAll(async () => {
      keys.push(await generateKeyPair('ES256'), await generateKeyPair('ES256'))
    })

    async function createPublicClient() {
      const party = await relyingParty(host, { client: { isPublic: true }, authentication: oidc.None() })
      return { party, login: await login(host, party.configuration) }
    }

    test('repeats the response for the holder of the key', async () => {
      const [key, foreign] = keys as [CryptoKeyPair, CryptoKeyPair]
      const { party, login } = await createPublicClient()
      const first = (await login.finish({
        DPoP: oidc.getDPoPHandle(party.configuration, key),
      })) as unknown as TokenResponse
      const refresh = createRefresh(party, () => createProof(key))
      const results = await Promise.all(Array.from({ length: 10 }, () => refresh(first.refresh_token)))
      expect(results).toEqual(Array(10).fill(results[0]))
      expect(results[0]).toMatchObject({ token_type: 'DPoP' })
      expect(await createRefresh(party, () => createProof(foreign))(first.refresh_token)).toMatchObject(refused)
      expect(await createRefresh(party)(first.refresh_token)).toMatchObject(refused)
      now += 59 * second
      expect(await refresh(first.refresh_token)).toMatchObject({ refresh_token: results[0]?.refresh_token })
    })

    test('repeats no response without a key', async () => {
      const { party, login } = await createPublicClient()
      const first = (await login.finish()) as unknown as TokenResponse
      const refresh = createRefresh(party)
      const results = [await refresh(first.refresh_token), await refresh(first.refresh_token)]
      expect(results[0]?.refresh_token).not.toBe(results[1]?.refresh_token)
      now += 3 * second
      expect(await refresh(first.refresh_token)).toMatchObject(refused)
    })
  })
})
