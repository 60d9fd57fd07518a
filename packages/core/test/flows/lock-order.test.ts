import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { PocketStores } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import * as oidc from 'openid-client'
import { DataSource } from 'typeorm'
import { pocketMigrations, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { createPostgres, type EmptyDatabase, optionsFor } from '../typeorm/databases.ts'
import { type Host, minute, startHost, withRoutes } from './host.ts'
import { login, relyingParty } from './login.ts'

/** A host with login codes and decisions about devices. */
const withHostRoutes = withRoutes((pocket, req, res, query) => ({
  '/enter': () => pocket.signIn.withCode(req, res, query('code')),
  '/ask': () => pocket.deviceLogins.request(req),
  '/approve': async () => {
    const { accountId = '' } = (await pocket.session(req, res)) ?? {}
    await pocket.deviceLogins.decide(req, { code: query('code'), accountId, status: 'approved' })
  },
  '/device': () => pocket.deviceAuthorizations.approve(req, res, { code: query('code') }),
}))

/** PostgreSQL only, because SQLite runs one transaction at a time. */
describe('concurrent transactions on PostgreSQL', () => {
  let database: EmptyDatabase
  let dataSource: DataSource
  let host: Host

  beforeAll(async () => {
    database = await createPostgres()
    await runMigrations(optionsFor(database), [pocketMigrations])
    dataSource = await new DataSource(optionsFor(database)).initialize()
    host = await startHost({ stores: typeormStores(dataSource), mount: withHostRoutes })
  })
  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    await dataSource.destroy()
    await database[Symbol.asyncDispose]()
  })

  /** Stops transactions at chosen statements, until every transaction has stopped or waits for a lock. */
  function interleaveTransactions() {
    const gate = Promise.withResolvers<void>()
    const restored: (() => void)[] = []
    let stopped = 0
    const countWaiting = async () => {
      const [row] = await dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM pg_locks
        WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`)
      return row?.count ?? 0
    }
    return {
      /** Stops after the first call of this store method. */
      stopAfter<Name extends Exclude<keyof PocketStores, 'batch'>>(
        name: Name,
        method: keyof PocketStores[Name] & string,
        model?: string,
      ) {
        const store: object = host.stores[name]
        const run: (...input: unknown[]) => Promise<unknown> = Reflect.get(store, method).bind(store)
        let isDue = true
        Object.defineProperty(store, method, {
          configurable: true,
          value: async (...input: unknown[]) => {
            const isMeant = isDue && (model === undefined || JSON.stringify(input).includes(`"model":"${model}"`))
            if (isMeant) isDue = false
            const result = await run(...input)
            if (!isMeant) return result
            stopped += 1
            await gate.promise
            return result
          },
        })
        restored.unshift(() => Reflect.set(store, method, run))
      },
      async waitUntilStopped(count: number) {
        while (stopped + (await countWaiting()) < count) await setTimeout(5)
      },
      open() {
        gate.resolve()
        for (const restore of restored) restore()
      },
    }
  }

  async function signInAda(isPublic = false) {
    const person = await host.person('ada')
    const agent = new UserAgent()
    const authentication = isPublic ? { authentication: oidc.None() } : {}
    const party = await relyingParty(host, { client: { skipConsent: true, isPublic }, ...authentication })
    const { client, configuration } = party
    const enter = async () => (await login(host, configuration, { scope: 'openid' }, { agent, person })).finish
    const tokens = await (await enter())()
    const [session] = await host.pocket.sessions.list(person.account.id)
    return { ...person, agent, client, configuration, enter, tokens, uid: session?.uid ?? '' }
  }
  type SignedIn = Awaited<ReturnType<typeof signInAda>>
  const listArtifacts = async (accountId: string) => {
    const models = ['Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken', 'RefreshAnswer']
    return (await Promise.all(models.map((model) => host.stores.artifacts.listByAccount(model, accountId)))).flat()
  }
  const signInWithCode = async ({ account, agent }: SignedIn) => {
    host.clock.pass(1000)
    const { code } = await host.pocket.issueLoginCode(account, minute)
    return agent.get(`${host.issuer}/enter?${new URLSearchParams({ code })}`)
  }

  test('by deleting an account and signing in to it do not deadlock', async () => {
    const one = await signInAda()
    const cross = interleaveTransactions()
    cross.stopAfter('artifacts', 'destroyByAccount')
    const deleted = host.pocket.forgetAccount(one.account.id)
    await cross.waitUntilStopped(1)
    const entered = signInWithCode(one)
    await cross.waitUntilStopped(2)
    cross.open()
    await deleted
    expect((await entered).status).toBe(200)
    expect(host.errors).toEqual([])
  })

  test('by a device approval, a sign-in and a sign-out everywhere do not deadlock', async () => {
    const one = await signInAda()
    const { userCode: code } = (await one.agent.get(`${host.issuer}/ask`)).json() as { userCode: string }
    const cross = interleaveTransactions()
    cross.stopAfter('deviceLogins', 'decide')
    const approved = one.agent.get(`${host.issuer}/approve?${new URLSearchParams({ code })}`)
    await cross.waitUntilStopped(1)
    cross.stopAfter('sessionHistory', 'lockAccount')
    const entered = signInWithCode(one)
    await cross.waitUntilStopped(2)
    const ended = host.pocket.sessions.endOthers(one.account.id, null)
    await cross.waitUntilStopped(3)
    cross.open()
    expect((await approved).status).toBe(200)
    expect((await entered).status).toBe(200)
    await ended
    expect(host.errors).toEqual([])
  })

  test('rejects a device authorization that races with a passkey removal', async () => {
    const one = await signInAda()
    const device = await relyingParty(host, { client: { isPublic: true }, authentication: oidc.None() })
    const authorization = await oidc.initiateDeviceAuthorization(device.configuration, { scope: 'openid' })
    const [passkey] = await host.pocket.passkeys.list(one.account.id)
    const cross = interleaveTransactions()
    cross.stopAfter('sessionHistory', 'addRemoval')
    const removed = host.pocket.passkeys.removeAsAdministrator(one.account.id, passkey?.id ?? '')
    await cross.waitUntilStopped(1)
    const approved = one.agent.get(`${host.issuer}/device?${new URLSearchParams({ code: authorization.user_code })}`)
    await cross.waitUntilStopped(2)
    cross.open()
    await removed
    expect((await approved).text).toBe('not_signed_in')
    expect(await listArtifacts(one.account.id)).toEqual([])
    expect(host.errors).toEqual([])
  })

  test('removing a passkey and restricting a client serialize on the session locks', async () => {
    const one = await signInAda()
    const [passkey] = await host.pocket.passkeys.list(one.account.id)
    const cross = interleaveTransactions()
    cross.stopAfter('artifacts', 'refresh')
    const locked = host.stores.transaction(() => host.pocket.passkeyRemovals.lock(one.account.id, passkey?.id ?? ''))
    await cross.waitUntilStopped(1)
    const { clients } = host.pocket
    const restricted = clients.update(one.client.id, { ...one.client, isGroupRestricted: true })
    await cross.waitUntilStopped(2)
    cross.open()
    await locked
    await restricted
    expect(host.errors).toEqual([])
  })

  /** Requests that issue tokens in the session of a user. */
  const requests: Readonly<Record<string, () => Promise<SignedIn & { readonly send: () => Promise<unknown> }>>> = {
    'a refresh': async () => createRefresh(await signInAda()),
    'a refresh of a public client': async () => createRefresh(await signInAda(true)),
    'a code exchange': async () => {
      const one = await signInAda()
      return { ...one, send: await one.enter() }
    },
  }
  const createRefresh = (one: SignedIn) => {
    return { ...one, send: () => oidc.refreshTokenGrant(one.configuration, one.tokens.refresh_token ?? '') }
  }

  test.each(Object.entries(requests))('by %s and the end of its session leave no token', async (_request, given) => {
    const one = await given()
    const cross = interleaveTransactions()
    // One statement locks the grant and stores the tokens, so the end comes before it or after it.
    cross.stopAfter('artifacts', 'issue', 'AccessToken')
    const issued = one.send()
    await cross.waitUntilStopped(1)
    expect(await host.pocket.sessions.end(one.account.id, one.uid)).toBe(true)
    cross.open()
    await issued
    expect(await listArtifacts(one.account.id)).toEqual([])
  })

  test.each(Object.entries(requests))(
    'by the end of a session and %s in it reject the request',
    async (_request, given) => {
      const one = await given()
      const cross = interleaveTransactions()
      cross.stopAfter('artifacts', 'destroy')
      const ended = host.pocket.sessions.end(one.account.id, one.uid)
      await cross.waitUntilStopped(1)
      const outcome = expect(one.send()).rejects.toMatchObject({ error: 'invalid_grant' })
      await cross.waitUntilStopped(2)
      cross.open()
      expect(await ended).toBe(true)
      await outcome
      expect(await listArtifacts(one.account.id)).toEqual([])
    },
  )
})
