import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Account } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { DataSource } from 'typeorm'
import { pocketMigrations, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { databases, type EmptyDatabase, optionsFor } from '../typeorm/databases.ts'
import { type Host, startHost } from './host.ts'
import { passThrough, redirectUri, relyingParty } from './signed-in.ts'
import { slow } from './slow-stores.ts'

type Fields = Readonly<Record<string, string>>
type Tokens = Readonly<Record<'access_token' | 'refresh_token', string>>

/** Begins another process of the host's instance. */
async function startAnother(database: EmptyDatabase, host: Host, leeway: number, account: Account) {
  const program = fileURLToPath(new URL('token-process.ts', import.meta.url))
  const flags = ['--conditions=pocket-source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const args = [database.address, host.issuer, String(leeway), JSON.stringify(account)]
  const child = spawn(process.execPath, [...flags, program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const [port] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => Promise.reject(new Error('The other process did not start.'))),
  ])
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}

describe.each(databases)('two processes over one slow %s', (_kind, open) => {
  let database: EmptyDatabase
  let dataSource: DataSource
  const instances = new AsyncDisposableStack()
  const leeways = new Map<number, Awaited<ReturnType<typeof setting>>>()

  beforeAll(async () => {
    database = await open()
    await runMigrations(optionsFor(database), [pocketMigrations])
    dataSource = await new DataSource(optionsFor(database)).initialize()
    for (const leeway of [0, 10]) leeways.set(leeway, instances.use(await setting(leeway)))
  })

  function within(leeway: number) {
    const found = leeways.get(leeway)
    if (!found) throw new Error(`No instance has a leeway of ${leeway} s.`)
    return found
  }

  afterAll(async () => {
    await instances.disposeAsync()
    await dataSource.destroy()
    await database[Symbol.asyncDispose]()
  })

  async function setting(leeway: number) {
    const host = await startHost({ stores: slow(typeormStores(dataSource)), options: { refreshLeeway: leeway } })
    const person = await host.person('ada')
    const another = await startAnother(database, host, leeway, person.account)
    const { client, secret } = await relyingParty(host)
    const credentials = { client_id: client.id, client_secret: secret }
    const origins = [host.issuer, another.origin]
    const post = (index: number, endpoint: string, fields: Fields) =>
      fetch(`${origins[index % 2]}/api/oidc/${endpoint}`, {
        method: 'POST',
        headers: { connection: 'close' },
        body: new URLSearchParams({ ...('client_assertion' in fields ? {} : credentials), ...fields }),
      })
    const atOnce = (times: number, fields: Fields) =>
      Promise.all(Array.from({ length: times }, (_, index) => post(index, 'token', fields)))
    const code = async () => {
      const query = { redirect_uri: redirectUri, response_type: 'code', scope: 'openid', client_id: client.id }
      const url = `${host.issuer}/authorize?${new URLSearchParams(query)}`
      const { page } = await passThrough(host, url, { agent: new UserAgent(), person })
      const value = new URL(page.location ?? '').searchParams.get('code') ?? ''
      return { grant_type: 'authorization_code', redirect_uri: redirectUri, code: value }
    }
    const exchange = async (): Promise<Tokens> => (await post(0, 'token', await code())).json() as Promise<Tokens>
    const isActive = async (token: string) =>
      ((await (await post(1, 'introspect', { token })).json()) as { active: boolean }).active
    return {
      host,
      post,
      atOnce,
      code,
      exchange,
      isActive,
      async [Symbol.asyncDispose]() {
        await another[Symbol.asyncDispose]()
        await host[Symbol.asyncDispose]()
      },
    }
  }

  const tokensOf = (answers: readonly Response[]) =>
    Promise.all(answers.filter(({ status }) => status === 200).map((answer) => answer.json() as Promise<Tokens>))
  const refresh = ({ refresh_token }: Tokens) => ({ grant_type: 'refresh_token', refresh_token })

  test('fifty exchanges of one code: one answer, whose tokens end then', async () => {
    const each = within(0)
    const won = await tokensOf(await each.atOnce(50, await each.code()))
    expect(won).toHaveLength(1)
    for (const { access_token, refresh_token } of won) {
      expect(await each.isActive(access_token)).toBe(false)
      expect(await each.isActive(refresh_token)).toBe(false)
    }
    expect(each.host.errors).toEqual([])
  })

  test('fifty refreshes without a leeway: one answer, whose tokens end then', async () => {
    const each = within(0)
    const won = await tokensOf(await each.atOnce(50, refresh(await each.exchange())))
    expect(won).toHaveLength(1)
    for (const { access_token } of won) expect(await each.isActive(access_token)).toBe(false)
    expect(each.host.errors).toEqual([])
  })

  test('fifty refreshes within the leeway: ten answers, whose tokens live', async () => {
    const each = within(10)
    const won = await tokensOf(await each.atOnce(50, refresh(await each.exchange())))
    expect(won).toHaveLength(10)
    for (const { access_token } of won) expect(await each.isActive(access_token)).toBe(true)
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
    const answers = await each.atOnce(20, fields)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(401)])
    expect(each.host.errors).toEqual([])
  })

  test('a revocation in the middle of refreshes leaves nothing alive', async () => {
    const each = within(10)
    const first = await each.exchange()
    const refreshes = each.atOnce(20, refresh(first))
    const revoked = await each.post(1, 'revoke', { token: first.refresh_token })
    expect(revoked.status).toBe(200)
    for (const { access_token, refresh_token } of await tokensOf(await refreshes)) {
      expect(await each.isActive(access_token)).toBe(false)
      expect(await each.isActive(refresh_token)).toBe(false)
    }
    expect((await each.post(0, 'token', refresh(first))).status).toBe(400)
    expect(each.host.errors).toEqual([])
  })
})
