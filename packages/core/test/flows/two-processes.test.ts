import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Account } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { DataSource } from 'typeorm'
import { pocketMigrations, runMigrations } from '../../src/typeorm/index.ts'
import { databases, type EmptyDatabase, optionsFor } from '../typeorm/databases.ts'
import { type Host, second, startHost } from './host.ts'
import { passThrough, redirectUri, relyingParty } from './signed-in.ts'
import { type Lead, type Step, slowStores } from './slow-stores.ts'
import type { Order, Said } from './token-process.ts'

type Fields = Readonly<Record<string, string>>
type Tokens = Readonly<Record<'access_token' | 'refresh_token', string>>

interface Instance {
  readonly database: EmptyDatabase
  readonly host: Host
  readonly leeway: number
  readonly startedAt: number
  readonly account: Account
}

/** Begins another process of the host's instance. */
async function startAnother({ database, host, leeway, startedAt, account }: Instance) {
  const program = fileURLToPath(new URL('token-process.ts', import.meta.url))
  const execArgv = ['--conditions=pocket-source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const args = [database.address, host.issuer, String(leeway), String(startedAt), JSON.stringify(account)]
  const child = fork(program, args, { execArgv })
  const ended = once(child, 'exit')
  const said = (number: number) =>
    new Promise<Said>((resolve, reject) => {
      const listen = (message: unknown) => {
        const one = message as Said
        if (one.number !== number) return
        child.off('message', listen)
        resolve(one)
      }
      child.on('message', listen)
      void ended.then(() => reject(new Error('The other process has ended.')))
    })
  let orders = 0
  const order =
    <Name extends keyof Lead>(name: Name) =>
    async (...given: Parameters<Lead[Name]>) => {
      const number = ++orders
      const followed = said(number)
      child.send({ number, name, given: given as readonly never[] } satisfies Order)
      await followed
    }
  const { port } = await said(0)
  return {
    origin: `http://127.0.0.1:${port}`,
    hold: order('hold'),
    met: order('met'),
    open: order('open'),
    pass: order('pass'),
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await ended
    },
  }
}

describe.each(databases)('two processes over one slow %s', (_kind, open) => {
  let database: EmptyDatabase
  const instances = new AsyncDisposableStack()
  const leeways = new Map<number, Awaited<ReturnType<typeof setting>>>()

  beforeAll(async () => {
    database = await open()
    await runMigrations(optionsFor(database), [pocketMigrations])
    for (const leeway of [0, 3]) leeways.set(leeway, instances.use(await setting(leeway)))
  })

  function within(leeway: number) {
    const found = leeways.get(leeway)
    if (!found) throw new Error(`No instance has a leeway of ${leeway} s.`)
    return found
  }

  afterAll(async () => {
    await instances.disposeAsync()
    await database[Symbol.asyncDispose]()
  })

  async function setting(leeway: number) {
    const dataSource = await new DataSource(optionsFor(database)).initialize()
    const startedAt = Date.now()
    const { stores, clock, lead } = slowStores(dataSource, startedAt)
    const host = await startHost({ stores, options: { refreshLeeway: leeway, clock } })
    const person = await host.person('ada')
    const another = await startAnother({ database, host, leeway, startedAt, account: person.account })
    const { client, secret } = await relyingParty(host)
    const credentials = { client_id: client.id, client_secret: secret }
    const origins = [host.issuer, another.origin]
    const post = (index: number, endpoint: string, fields: Fields) =>
      fetch(`${origins[index % 2]}/api/oidc/${endpoint}`, {
        method: 'POST',
        headers: { connection: 'close' },
        body: new URLSearchParams({ ...('client_assertion' in fields ? {} : credentials), ...fields }),
      })
    const both = async (
      tell: (one: { [Name in keyof Lead]: (...given: Parameters<Lead[Name]>) => unknown }) => unknown,
    ) => {
      await Promise.all([lead, another].map(tell))
    }
    /** Half of them at each process; all have taken this step before one goes on, when `meanwhile` is done. */
    const atOnce = async (times: number, fields: Fields, step: Step, meanwhile = async () => {}) => {
      await both((one) => one.hold(step))
      const answers = Promise.all(Array.from({ length: times }, (_, index) => post(index, 'token', fields)))
      await Promise.race([both((one) => one.met(times / 2)), answers])
      await meanwhile()
      await both((one) => one.open())
      return answers
    }
    const code = async () => {
      const query = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', client_id: client.id }
      const url = `${host.issuer}/authorize?${new URLSearchParams(query)}`
      const { page } = await passThrough(host, url, { agent: new UserAgent(), person })
      const value = new URL(page.location ?? '').searchParams.get('code') ?? ''
      return { grant_type: 'authorization_code', redirect_uri: redirectUri, code: value }
    }
    const exchange = async () => (await post(0, 'token', await code())).json() as Promise<Tokens>
    /** What these tokens still do: at UserInfo, and at introspection in the other process. */
    const alive = async ({ access_token, refresh_token }: Tokens) => {
      const headers = { authorization: `Bearer ${access_token}` }
      const isActive = async (token: string) =>
        ((await (await post(1, 'introspect', { token })).json()) as { active: boolean }).active
      const userInfo = fetch(`${host.issuer}/api/oidc/userinfo`, { headers })
      return Promise.all([userInfo.then(({ ok }) => ok), isActive(access_token), isActive(refresh_token)])
    }
    return {
      host,
      post,
      atOnce,
      code,
      exchange,
      alive,
      refreshed: (tokens: Tokens) => post(1, 'token', refresh(tokens)),
      pass: (milliseconds: number) => both((one) => one.pass(milliseconds)),
      async [Symbol.asyncDispose]() {
        await another[Symbol.asyncDispose]()
        await host[Symbol.asyncDispose]()
        await dataSource.destroy()
      },
    }
  }

  type Setting = Awaited<ReturnType<typeof setting>>

  const tokensOf = (answers: readonly Response[]) =>
    Promise.all(answers.filter(({ status }) => status === 200).map((answer) => answer.json() as Promise<Tokens>))
  const refresh = ({ refresh_token }: Tokens) => ({ grant_type: 'refresh_token', refresh_token })
  const everywhere = (alive: boolean) => [alive, alive, alive]
  const aliveOf = ({ alive }: Setting, given: readonly Tokens[]) => Promise.all(given.map(alive))

  /** Nothing that these tokens could do is done any more. */
  async function expectEnd(each: Setting, given: readonly Tokens[]) {
    expect(await aliveOf(each, given)).toEqual(given.map(() => everywhere(false)))
    const refused = await Promise.all(given.map(each.refreshed))
    expect(refused.map(({ status }) => status)).toEqual(given.map(() => 400))
  }

  const refusals = async (answers: readonly Response[]) =>
    Promise.all(
      answers.filter(({ status }) => status !== 200).map(async (answer) => ((await answer.json()) as Fields).error),
    )

  test('fifty exchanges of one code: one answer, whose tokens end then', async () => {
    const each = within(0)
    const answers = await each.atOnce(50, await each.code(), 'find')
    expect(await refusals(answers)).toEqual(Array(49).fill('invalid_grant'))
    await expectEnd(each, await tokensOf(answers))
    expect(each.host.errors).toEqual([])
  })

  test('fifty refreshes without a leeway: one answer, whose tokens end then', async () => {
    const each = within(0)
    const first = await each.exchange()
    const answers = await each.atOnce(50, refresh(first), 'find')
    expect(await refusals(answers)).toEqual(Array(49).fill('invalid_grant'))
    await expectEnd(each, [first, ...(await tokensOf(answers))])
    expect(each.host.errors).toEqual([])
  })

  test('fifty refreshes within the leeway: ten answers, whose tokens live until one comes after it', async () => {
    const each = within(3)
    const first = await each.exchange()
    const answers = await each.atOnce(50, refresh(first), 'find')
    // The clock stands still meanwhile, so that all of them come within the leeway however slow the machine is.
    expect(await refusals(answers)).toEqual(Array(40).fill('invalid_grant'))
    const won = await tokensOf(answers)
    expect(new Set(won.map(({ refresh_token }) => refresh_token)).size).toBe(10)
    await each.pass(3 * second - 1)
    expect((await each.refreshed(first)).status).toBe(400)
    expect(await aliveOf(each, won)).toEqual(won.map(() => everywhere(true)))
    const later = await tokensOf(await Promise.all(won.map(each.refreshed)))
    expect(later).toHaveLength(10)
    await each.pass(1)
    expect((await each.refreshed(first)).status).toBe(400)
    await expectEnd(each, [first, ...won.slice(0, 1), ...later])
    expect(each.host.errors).toEqual([])
  })

  test('a second use succeeds within the leeway, and ends what both gave after it', async () => {
    const each = within(3)
    const first = await each.exchange()
    const won = await tokensOf([await each.refreshed(first)])
    await each.pass(3 * second - 1)
    won.push(...(await tokensOf([await each.refreshed(first)])))
    expect(won).toHaveLength(2)
    expect(await aliveOf(each, won)).toEqual(won.map(() => everywhere(true)))
    await each.pass(1)
    // Fifty thieves at once get as little as one.
    expect(await refusals(await each.atOnce(50, refresh(first), 'find'))).toEqual(Array(50).fill('invalid_grant'))
    await expectEnd(each, [first, ...won])
    expect(each.host.errors).toEqual([])
  })

  test('one assertion sent twenty times: one answer', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)) }
    const each = within(0)
    const { client } = await each.host.client({
      protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwks: { keys: [jwk] } },
    })
    const assertion = await new SignJWT({ jti: 'one' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(client.id)
      .setSubject(client.id)
      .setAudience(each.host.issuer)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
    const fields = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }
    const answers = await each.atOnce(20, fields, 'find')
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)])
    expect(each.host.errors).toEqual([])
  })

  test.each(['refresh_token', 'access_token'] as const)(
    'a revocation of the %s between the uses of the refresh token and their answers leaves nothing alive',
    async (revoked) => {
      const each = within(3)
      const first = await each.exchange()
      const answers = await each.atOnce(10, refresh(first), 'consume', async () => {
        expect((await each.post(1, 'revoke', { token: first[revoked] })).status).toBe(200)
      })
      const won = await tokensOf(answers)
      expect(won).toHaveLength(10)
      await expectEnd(each, [first, ...won])
      expect(each.host.errors).toEqual([])
    },
  )
})
