import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { databases } from '../typeorm/databases.ts'
import { signJwt, signProof } from './client-jwts.ts'
import { type Host, second, startHost } from './host.ts'
import { followAuthorization, redirectUri, relyingParty } from './login.ts'
import { openSlowStores, type Step } from './slow-stores.ts'
import { type AnyStepController, startTokenProcess } from './start-token-process.ts'

type Fields = Readonly<Record<string, string>>
type Tokens = Readonly<Record<'access_token' | 'refresh_token', string>>

/** One provider instance, served by the host and on another origin. */
interface FixtureOptions {
  readonly host: Host
  readonly other: string
  readonly controllers: readonly AnyStepController[]
  readonly person: Awaited<ReturnType<Host['person']>>
  /** Whether the client authenticates; for a public client the leeway limits the number of responses. */
  readonly isPublic: boolean
}

const leeways = [0, 3] as const
type Leeway = (typeof leeways)[number]

describe.each(databases)('two processes over one slow %s', (kind, open) => {
  let setUp: ReturnType<typeof start>

  beforeAll(() => {
    setUp = start()
    return setUp
  })

  // Waits for a slow setup, so that its resources are released; a failed setup cleans up after itself.
  afterAll(async () => {
    const [started] = await Promise.allSettled([setUp])
    if (started.status === 'fulfilled') await started.value.stack.disposeAsync()
  })

  async function start() {
    await using stack = new AsyncDisposableStack()
    const { database, startedAt, stores, clock, controller } = await openSlowStores(stack, open)
    const hosts: Host[] = []
    for (const refreshLeeway of leeways)
      hosts.push(
        stack.use(await startHost({ stores, options: { protocol: { refreshTokenLeeway: refreshLeeway }, clock } })),
      )
    const person = await hosts[0]?.person('ada')
    if (!person) throw new Error('There is no host.')
    const { account } = person
    for (const { accounts } of hosts) accounts.set(account.id, account)
    const another = await startTokenProcess({
      database: database.address,
      startedAt,
      account,
      leeways: Object.fromEntries(hosts.map(({ issuer }, index) => [issuer, leeways[index] ?? 0])),
    })
    stack.use(another.running)
    const controllers = [controller, another.controller]
    const createFixtures = (isPublic: boolean) =>
      Promise.all(
        hosts.map((host, index) =>
          createFixture({ host, controllers, person, isPublic, other: another.origins[index] ?? '' }),
        ),
      )
    const fixtures = { confidential: await createFixtures(false), public: await createFixtures(true) }
    return { fixtures, another, stack: stack.move() }
  }

  async function createFixtureWithLeeway(leeway: Leeway, clients: 'confidential' | 'public' = 'confidential') {
    const found = (await setUp).fixtures[clients][leeways.indexOf(leeway)]
    if (!found) throw new Error(`No instance has a leeway of ${leeway} s.`)
    return found
  }

  async function createFixture({ host, controllers, person, other, isPublic }: FixtureOptions) {
    const { client, secret } = isPublic
      ? await relyingParty(host, { client: { isPublic }, authentication: oidc.None() })
      : await relyingParty(host)
    const credentials = { client_id: client.id, ...(!isPublic && { client_secret: secret }) }
    const verifier = oidc.randomPKCECodeVerifier()
    const challenge = {
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const origins = [host.issuer, other]
    const post = (index: number, endpoint: string, fields: Fields, headers: Fields = {}) =>
      fetch(`${origins[index % 2]}/api/oidc/${endpoint}`, {
        method: 'POST',
        headers: { connection: 'close', ...headers },
        body: new URLSearchParams({ ...('client_assertion' in fields ? {} : credentials), ...fields }),
      })
    const controlAll = async (tell: (one: AnyStepController) => unknown) => {
      await Promise.all(controllers.map(tell))
    }
    const userInfo = (index: number, headers: Fields) =>
      fetch(`${origins[index % 2]}/api/oidc/userinfo`, { headers: { connection: 'close', ...headers } })
    /** Sends half of the requests to each process; all take this step before any of them continues. */
    const sendTogether = async (times: number, step: Step, send: (index: number) => Promise<Response>) => {
      await controlAll((one) => one.hold(step))
      const answers = Promise.all(Array.from({ length: times }, (_, index) => send(index)))
      await Promise.race([controlAll((one) => one.waitForBlocked(times / 2)), answers])
      await controlAll((one) => one.open())
      return answers
    }
    const postTogether = (times: number, fields: Fields, step: Step, headers: readonly Fields[] = []) =>
      sendTogether(times, step, (index) => post(index, 'token', fields, headers[index]))
    /** Runs `meanwhile` while the first request has used its credential and has not stored its tokens. */
    const sendWhileStoring = async (times: number, fields: Fields, meanwhile: (answered: number) => unknown) => {
      await controlAll((one) => one.hold('win'))
      let answered = 0
      const answers = Promise.all(
        Array.from({ length: times }, async (_, index) => {
          const response = await post(index, 'token', fields)
          answered++
          return response
        }),
      )
      await Promise.race([...controllers.map((one) => one.waitForBlocked(1)), answers])
      try {
        meanwhile(answered)
      } finally {
        // Otherwise the next test would wait.
        await controlAll((one) => one.open())
      }
      return answers
    }
    const code = async () => {
      const query = {
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
        client_id: client.id,
        ...challenge,
      }
      const url = `${host.issuer}/authorize?${new URLSearchParams(query)}`
      const { page } = await followAuthorization(host, url, { agent: new UserAgent(), person })
      const value = new URL(page.location ?? '').searchParams.get('code') ?? ''
      return { grant_type: 'authorization_code', redirect_uri: redirectUri, code: value, code_verifier: verifier }
    }
    const exchange = async () => (await post(0, 'token', await code())).json() as Promise<Tokens>
    /** Returns which tokens still work: at UserInfo, and at introspection in the other process. */
    const validAccess = async ({ access_token, refresh_token }: Tokens) => {
      const headers = { authorization: `Bearer ${access_token}` }
      const isActive = async (token: string) =>
        ((await (await post(1, 'introspect', { token })).json()) as { active: boolean }).active
      // A public client cannot introspect.
      const introspected = isPublic ? [] : [isActive(access_token), isActive(refresh_token)]
      return [...new Set(await Promise.all([userInfo(0, headers).then(({ ok }) => ok), ...introspected]))]
    }
    return {
      host,
      post,
      userInfo,
      sendTogether,
      postTogether,
      sendWhileStoring,
      code,
      exchange,
      validAccess,
      refreshed: (tokens: Tokens) => post(1, 'token', refreshFields(tokens)),
      pass: (milliseconds: number) => controlAll((one) => one.pass(milliseconds)),
    }
  }

  type Fixture = Awaited<ReturnType<typeof createFixture>>

  const readTokens = (responses: readonly Response[]) =>
    Promise.all(responses.filter(({ status }) => status === 200).map((response) => response.json() as Promise<Tokens>))
  const refreshFields = ({ refresh_token }: Tokens) => ({ grant_type: 'refresh_token', refresh_token })
  const readAllValidAccess = ({ validAccess }: Fixture, input: readonly Tokens[]) => Promise.all(input.map(validAccess))

  /** Asserts that none of these tokens works. */
  async function expectEnd(each: Fixture, input: readonly Tokens[]) {
    expect(await readAllValidAccess(each, input)).toEqual(input.map(() => [false]))
    const refused = await Promise.all(input.map(each.refreshed))
    expect(refused.map(({ status }) => status)).toEqual(input.map(() => 400))
  }

  const readErrors = async (responses: readonly Response[]) =>
    Promise.all(
      responses
        .filter(({ status }) => status !== 200)
        .map(async (response) => ((await response.json()) as Fields).error),
    )

  test('fifty exchanges of one code get one response, whose tokens are then revoked', async () => {
    const each = await createFixtureWithLeeway(0)
    const responses = await each.postTogether(50, await each.code(), 'find')
    expect(await readErrors(responses)).toEqual(Array(49).fill('invalid_grant'))
    await expectEnd(each, await readTokens(responses))
    expect(each.host.errors).toEqual([])
  })

  test('fifty refreshes without a leeway get one response, whose tokens are then revoked', async () => {
    const each = await createFixtureWithLeeway(0, 'public')
    const first = await each.exchange()
    const responses = await each.postTogether(50, refreshFields(first), 'find')
    expect(await readErrors(responses)).toEqual(Array(49).fill('invalid_grant'))
    await expectEnd(each, [first, ...(await readTokens(responses))])
    expect(each.host.errors).toEqual([])
  })

  test('fifty refreshes within the leeway get ten responses, whose tokens stay valid until a later reuse', async () => {
    const each = await createFixtureWithLeeway(3, 'public')
    const first = await each.exchange()
    const responses = await each.postTogether(50, refreshFields(first), 'find')
    // The clock is stopped, so that all requests fall within the leeway on slow machines too.
    expect(await readErrors(responses)).toEqual(Array(40).fill('invalid_grant'))
    const won = await readTokens(responses)
    expect(new Set(won.map(({ refresh_token }) => refresh_token)).size).toBe(10)
    await each.pass(3 * second - 1)
    expect((await each.refreshed(first)).status).toBe(400)
    expect(await readAllValidAccess(each, won)).toEqual(won.map(() => [true]))
    const later = await readTokens(await Promise.all(won.map(each.refreshed)))
    expect(later).toHaveLength(10)
    await each.pass(1)
    expect((await each.refreshed(first)).status).toBe(400)
    await expectEnd(each, [first, ...won.slice(0, 1), ...later])
    expect(each.host.errors).toEqual([])
  })

  test('accepts a second use within the leeway, and revokes all tokens at a later reuse', async () => {
    const each = await createFixtureWithLeeway(3, 'public')
    const first = await each.exchange()
    const won = await readTokens([await each.refreshed(first)])
    await each.pass(3 * second - 1)
    won.push(...(await readTokens([await each.refreshed(first)])))
    expect(won).toHaveLength(2)
    expect(await readAllValidAccess(each, won)).toEqual(won.map(() => [true]))
    await each.pass(1)
    // Fifty concurrent thieves get as little as one.
    expect(await readErrors(await each.postTogether(50, refreshFields(first), 'find'))).toEqual(
      Array(50).fill('invalid_grant'),
    )
    await expectEnd(each, [first, ...won])
    expect(each.host.errors).toEqual([])
  })

  test('fifty requests with one assertion get one response', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)) }
    const each = await createFixtureWithLeeway(0)
    const { client } = await each.host.client({
      protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [jwk] } },
    })
    const claims = { iss: client.id, sub: client.id, aud: each.host.issuer }
    const assertion = await signJwt(privateKey, { alg: 'ES256' }, claims)
    const fields = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }
    const responses = await each.postTogether(50, fields, 'find')
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)])
    expect(each.host.errors).toEqual([])
  })

  // A process that waits for a paused transaction of SQLite cannot do anything else.
  if (kind === 'PostgreSQL') {
    test.each(['code', 'refresh token'])(
      'the replays of a %s wait for the winner, and revoke its tokens',
      async (kind) => {
        const each = await createFixtureWithLeeway(0, 'public')
        const fields = kind === 'code' ? await each.code() : refreshFields(await each.exchange())
        const responses = await each.sendWhileStoring(10, fields, (answered) => expect(answered).toBe(0))
        expect(await readErrors(responses)).toEqual(Array(9).fill('invalid_grant'))
        await expectEnd(each, await readTokens(responses))
        expect(each.host.errors).toEqual([])
      },
    )

    test.each(['refresh_token', 'access_token'] as const)(
      'a revocation of the %s during concurrent refreshes leaves no valid token',
      async (revoked) => {
        const each = await createFixtureWithLeeway(3, 'public')
        const first = await each.exchange()
        let revocation: Promise<Response> | undefined
        const responses = await each.sendWhileStoring(10, refreshFields(first), () => {
          revocation = each.post(1, 'revoke', { token: first[revoked] })
        })
        expect((await revocation)?.status).toBe(200)
        await expectEnd(each, [first, ...(await readTokens(responses))])
        expect(each.host.errors).toEqual([])
      },
    )
  }

  /** Asserts that all responses are equal except for `expires_in`, and returns their tokens. */
  const expectOneResponse = async (responses: readonly Response[]) => {
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    const [one = { access_token: '', refresh_token: '' }, ...more] = await readTokens(responses)
    expect(more).toEqual(more.map(() => one))
    return one
  }

  test.each([0, 3] as const)(
    'fifty refreshes of a confidential client get one response, leeway %d s',
    async (leeway) => {
      const each = await createFixtureWithLeeway(leeway)
      const first = await each.exchange()
      const won = await expectOneResponse(await each.postTogether(50, refreshFields(first), 'find'))
      expect(await readAllValidAccess(each, [won])).toEqual([[true]])
      await each.pass(60 * second - 1)
      expect(await expectOneResponse([await each.refreshed(first)])).toMatchObject({ refresh_token: won.refresh_token })
      const next = await expectOneResponse(await each.postTogether(2, refreshFields(won), 'find'))
      expect(next.refresh_token).not.toBe(won.refresh_token)
      expect((await each.refreshed(first)).status).toBe(400)
      await expectEnd(each, [first, won, next])
      expect(each.host.errors).toEqual([])
    },
  )

  test('accepts one of fifty uses of a proof, and returns one response to fifty refreshes with proofs of one key', async () => {
    const each = await createFixtureWithLeeway(0, 'public')
    const key = await generateKeyPair('ES256')
    const createProof = async (htm = 'POST', path = 'token', claims: Fields = {}) => ({
      DPoP: await signProof(key, htm, `${each.host.issuer}/api/oidc/${path}`, claims),
    })
    const first = (await (await each.post(0, 'token', await each.code(), await createProof())).json()) as Tokens
    const ath = createHash('sha256').update(first.access_token).digest('base64url')
    const once = { ...(await createProof('GET', 'userinfo', { ath })), authorization: `DPoP ${first.access_token}` }
    const shown = await each.sendTogether(50, 'find', (index) => each.userInfo(index, once))
    expect(shown.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)])
    const headers = await Promise.all(Array.from({ length: 50 }, () => createProof()))
    const won = await expectOneResponse(await each.postTogether(50, refreshFields(first), 'find', headers))
    const next = await expectOneResponse([await each.post(1, 'token', refreshFields(won), await createProof())])
    expect(next.refresh_token).not.toBe(won.refresh_token)
    expect((await each.post(0, 'token', refreshFields(first), await createProof())).status).toBe(400)
    expect(each.host.errors).toEqual([])
  })

  test('fifty reuses after sixty seconds get an error and revoke the family', async () => {
    const each = await createFixtureWithLeeway(3)
    const first = await each.exchange()
    const won = await expectOneResponse([await each.refreshed(first)])
    await each.pass(60 * second)
    expect(await readErrors(await each.postTogether(50, refreshFields(first), 'find'))).toEqual(
      Array(50).fill('invalid_grant'),
    )
    await expectEnd(each, [first, won])
    expect(each.host.errors).toEqual([])
  })

  test('a repeated refresh that races the first use of the new token leaves one valid token set or none', async () => {
    const each = await createFixtureWithLeeway(3)
    const first = await each.exchange()
    const won = await expectOneResponse([await each.refreshed(first)])
    const [repeated, used] = await Promise.all([each.refreshed(first), each.refreshed(won)])
    const next = await expectOneResponse([used])
    const isRepeated = repeated.status === 200
    if (isRepeated) expect((await expectOneResponse([repeated])).refresh_token).toBe(won.refresh_token)
    expect(await readAllValidAccess(each, [next])).toEqual([[isRepeated]])
    expect(each.host.errors).toEqual([])
  })

  test.each(['refresh_token', 'access_token'] as const)(
    'a revocation of the %s that races refreshes leaves no valid token',
    async (revoked) => {
      const each = await createFixtureWithLeeway(3)
      const first = await each.exchange()
      const revocation = each.post(0, 'revoke', { token: first[revoked] })
      const more = await Promise.all(
        Array.from({ length: 10 }, (_, index) => each.post(index, 'token', refreshFields(first))),
      )
      expect((await revocation).status).toBe(200)
      await expectEnd(each, [first, ...(await readTokens(more))])
      expect(each.host.errors).toEqual([])
    },
  )

  // Runs last, because it kills the other process.
  test('a process that is killed between consuming the token and storing the response leaves the token usable', async () => {
    const { another } = await setUp
    const each = await createFixtureWithLeeway(3)
    const first = await each.exchange()
    await another.controller.hold('win')
    const lost = each.post(1, 'token', refreshFields(first)).catch(() => undefined)
    await another.controller.waitForBlocked(1)
    another.running.kill('SIGKILL')
    expect(await lost).toBeUndefined()
    const won = await expectOneResponse(
      await Promise.all([each.post(0, 'token', refreshFields(first)), each.post(0, 'token', refreshFields(first))]),
    )
    await expectOneResponse([await each.post(0, 'token', refreshFields(won))])
    expect(each.host.errors).toEqual([])
  })
})
