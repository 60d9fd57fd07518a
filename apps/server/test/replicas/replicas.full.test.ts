import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { type SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import {
  describeUnless,
  eventually,
  freePort,
  pgbouncerUnavailableReason,
  type RunningProcess,
  startPgbouncer,
  startPostgres,
  startTcpProxy,
  testTimeout,
} from '@pocket/test-support'
import fc from 'fast-check'
import pg from 'pg'
import { registerPasskey } from '../api/instance.ts'
import { setUpAdministrator } from '../http/app.ts'
import { startProgram } from '../program.ts'
import { haproxyUnavailableReason, startHaproxy } from './haproxy.ts'
import { applicationSettings, RefusedError, requestToken, signIn, type Tokens, withReloads } from './relying-party.ts'

const apiKey = 'a static api key that is long enough'
/** Milliseconds of load between two faults; `pnpm faults --long` takes a minute. */
const pause = Number(process.env.POCKET_FAULT_PAUSE ?? 1000)
/** Milliseconds that a replica is cut off at least: until HAProxy has removed it. */
const cutOff = Math.max(pause, 3000)
/** Chooses the moments of the faults and the replicas that are killed. */
const seed = Number(process.env.POCKET_FAULT_SEED ?? randomInt(2 ** 31))
/** Milliseconds before a fault. */
const maxDelay = 1000

describeUnless(haproxyUnavailableReason ?? pgbouncerUnavailableReason, describe)('three replicas', () => {
  test(
    'lose nothing that was acknowledged, and every login finishes after reloads, while replicas and PostgreSQL fail',
    async () => {
      await using stack = new AsyncDisposableStack()
      const folder = await mkdtemp(join(tmpdir(), 'pocket-replicas-'))
      stack.defer(() => rm(folder, { recursive: true, force: true }))
      const postgres = stack.use(await startPostgres())
      // The test server sets `synchronous_commit = off`; here an acknowledged commit must be durable.
      await execute(postgres.url, 'ALTER DATABASE postgres SET synchronous_commit = on')
      const pooler = stack.use(await startPgbouncer(postgres.url, 30))
      const [port, ...ports] = [await freePort(), await freePort(), await freePort(), await freePort()] as const
      const url = `http://localhost:${port}`
      const did: string[] = []
      const delays = fc.sample(fc.nat(maxDelay), { seed, numRuns: 100 })
      process.stdout.write(`POCKET_FAULT_SEED=${seed}\n`)

      const proxies = await Promise.all(ports.map(async () => stack.use(await startTcpProxy(pooler.url))))
      const start = (index: number) =>
        startProgram([], {
          cwd: folder,
          env: {
            PATH: process.env.PATH ?? '',
            ...{ APP_URL: url, HOST: '127.0.0.1', PORT: String(ports[index]), TRUST_PROXY: 'true' },
            DB_CONNECTION_STRING: `${proxies[index]?.url}?pooler=transaction&query_timeout=4000&statement_timeout=3000`,
            ...{ ENCRYPTION_KEY: 'a key for tests that is long enough', STATIC_API_KEY: apiKey },
            ...{ DISABLE_RATE_LIMITING: 'true', LOG_LEVEL: 'warn' },
          },
        })
      const isReady = (index: number) =>
        eventually(async () => expect((await fetch(`http://127.0.0.1:${ports[index]}/readyz`)).status).toBe(200))
      const replicas: RunningProcess[] = []
      stack.defer(async () => {
        for (const replica of replicas) await replica[Symbol.asyncDispose]()
      })
      // The first one migrates the database.
      for (const index of ports.keys()) {
        replicas.push(await start(index))
        if (index === 0) await isReady(index)
      }
      await Promise.all(ports.map((_, index) => isReady(index)))
      stack.use(await startHaproxy(folder, port, ports))
      await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200))

      /** `undefined` if the request failed without a definitive response. */
      const callApi = async (method: string, path: string, body?: object, origin = url) => {
        const result = await fetch(origin + path, {
          method,
          headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        }).catch(() => undefined)
        if (result === undefined || result.status >= 500) return undefined
        return {
          status: result.status,
          json: (await result.json().catch(() => ({}))) as Readonly<Record<string, string>>,
        }
      }
      await setUpAdministrator(new UserAgent(), url)
      const client = await callApi('POST', '/api/oidc/clients', applicationSettings)
      const secret = await callApi('POST', `/api/oidc/clients/${client?.json.id}/secret`)
      const application = { id: client?.json.id ?? '', secret: secret?.json.secret ?? '' }
      const people = await Promise.all(
        ['bob', 'eve', 'joe', 'sue'].map(async (username) => {
          const created = await callApi('POST', '/api/users', {
            username,
            firstName: username,
            email: `${username}@x.example`,
          })
          const issued = await callApi('POST', `/api/users/${created?.json.id}/one-time-access-token`, {})
          const agent = new UserAgent()
          await agent.postJson(`${url}/api/one-time-access-token/${issued?.json.token}`, {})
          return { id: created?.json.id ?? '', passkey: (await registerPasskey(agent, url)).authenticator }
        }),
      )

      // The load: sign-ins with refreshes, and an administrator creating and disabling users.
      const counts = { logins: 0, reloads: 0, refreshes: 0, users: 0 }
      const kept: Tokens[] = []
      const acknowledged: string[] = []
      let isOver = false
      const onReload = () => {
        counts.reloads += 1
      }
      const refresh = async (refreshToken: string) =>
        withReloads(
          () =>
            requestToken(url, application, { grant_type: 'refresh_token', refresh_token: refreshToken }).catch(
              (error: unknown) => {
                if (error instanceof RefusedError) return error
                throw error
              },
            ),
          onReload,
        )
      const visit = async (passkey: SoftwareAuthenticator) => {
        while (!isOver) {
          const agent = new UserAgent()
          let tokens = await withReloads(() => signIn(url, application, agent, passkey), onReload)
          counts.logins += 1
          for (let time = 0; time < 3; time += 1) {
            const next = await refresh(tokens.refresh_token)
            if (next instanceof RefusedError) throw new Error(`An acknowledged refresh token was lost: ${next.message}`)
            tokens = next
            counts.refreshes += 1
          }
          kept.push(tokens)
        }
      }
      const administer = async () => {
        for (let number = 0; !isOver; number += 1) {
          const username = `user${number}`
          const created = await callApi('POST', '/api/users', {
            username,
            firstName: 'User',
            email: `${username}@x.example`,
          })
          if (created?.status === 201) acknowledged.push(created.json.id ?? '')
          else await delay(100)
        }
      }
      const load = Promise.all([...people.map(({ passkey }) => visit(passkey)), administer()])
      // Observed at the end.
      load.catch(() => undefined)
      const injectFault = async (fault: string, act: () => unknown, duration = pause) => {
        await delay(delays.pop())
        did.push(`${fault} after ${counts.logins} logins and ${counts.refreshes} refreshes`)
        await act()
        await delay(duration)
        // The load must continue.
        const { logins } = counts
        await eventually(() => expect(counts.logins).toBeGreaterThan(logins))
      }
      const restart = async (index: number, signal: NodeJS.Signals) => {
        replicas[index]?.kill(signal)
        await replicas[index]?.exit
        replicas[index] = await start(index)
        await isReady(index)
      }

      await eventually(() => expect(counts.logins).toBeGreaterThan(0))
      for (const index of fc.sample(fc.nat(ports.length - 1), { seed, numRuns: 3 }))
        await injectFault(`replica ${index} killed and started again`, () => restart(index, 'SIGKILL'))
      await injectFault('replica 1 stopped and started again', () => restart(1, 'SIGTERM'))
      await injectFault('replica 2 cut off from the database', () => proxies[2]?.suspend(), cutOff)
      await injectFault('replica 2 connected again', () => proxies[2]?.resume())
      await injectFault('PostgreSQL crashed and recovered', () => crashPostgres(postgres.url))
      await injectFault('PostgreSQL restarted', () => postgres.restart())

      // A setting and a key count everywhere.
      const readAtEach = <T>(read: (origin: string) => Promise<T>) =>
        Promise.all(ports.map((own) => read(`http://127.0.0.1:${own}`)))
      const { json } = (await callApi('GET', '/api/application-configuration/all')) ?? {}
      // A list of keys and values.
      const values = (json as unknown as readonly { readonly key: string; readonly value: string }[]) ?? []
      const settings = { ...Object.fromEntries(values.map(({ key, value }) => [key, value])), appName: 'Renamed' }
      expect((await callApi('PUT', '/api/application-configuration', settings))?.status).toBe(200)
      await eventually(async () => {
        const pages = await readAtEach(async (origin) => (await fetch(`${origin}/login`)).text())
        expect(pages.map((page) => page.includes('Renamed'))).toEqual([true, true, true])
      })
      did.push('the name of the instance changed')
      const fetchKids = (origin: string) =>
        fetch(`${origin}/.well-known/jwks.json`).then(async (response) =>
          ((await response.json()) as { readonly keys: readonly { readonly kid: string }[] }).keys
            .map(({ kid }) => kid)
            .sort(),
        )
      const before = await fetchKids(url)
      await using rotation = await startProgram(['key-rotate', '--now', '--yes'], {
        cwd: folder,
        env: {
          PATH: process.env.PATH ?? '',
          APP_URL: url,
          ENCRYPTION_KEY: 'a key for tests that is long enough',
          DB_CONNECTION_STRING: `${pooler.url}?pooler=transaction`,
        },
      })
      expect([await rotation.exit, rotation.output()]).toEqual([0, expect.any(String)])
      await eventually(async () => {
        const kids = await readAtEach(fetchKids)
        expect(kids[0]).not.toEqual(before)
        expect(kids).toEqual([kids[0], kids[0], kids[0]])
      })
      await injectFault('the signing keys rotated', () => undefined)

      isOver = true
      await load
      const lost = []
      for (const id of acknowledged) {
        const found = await withReloads(
          async () => (await callApi('GET', `/api/users/${id}`)) ?? Promise.reject(new Error()),
          onReload,
        )
        if (found.status !== 200) lost.push(`user ${id}`)
      }
      // Disabling ends the sessions: no grant outlives them, at no replica.
      const latest: string[] = []
      for (const { refresh_token } of kept.slice(-20)) {
        const next = await refresh(refresh_token)
        if (next instanceof RefusedError) lost.push('a refresh token')
        else latest.push(next.refresh_token)
      }
      for (const { id } of people) {
        const user = await callApi('GET', `/api/users/${id}`)
        expect((await callApi('PUT', `/api/users/${id}`, { ...user?.json, disabled: true }))?.status).toBe(200)
      }
      expect(latest.length).toBeGreaterThan(0)
      const leftOpen = []
      for (const refresh_token of latest)
        for (const own of ports) {
          const fields = { grant_type: 'refresh_token', refresh_token }
          const outcome = await requestToken(`http://127.0.0.1:${own}`, application, fields).catch(
            (error: unknown) => error,
          )
          if (!(outcome instanceof RefusedError)) leftOpen.push(own)
        }
      counts.users = acknowledged.length
      process.stdout.write(`${did.join('\n')}\n${JSON.stringify({ ...counts, lost, leftOpen })}\n`)
      expect({ lost, leftOpen }).toEqual({ lost: [], leftOpen: [] })
      expect(counts.users).toBeGreaterThan(0)
    },
    // Nine faults, each followed by this pause.
    testTimeout + 9 * pause,
  )
})

async function execute(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** PostgreSQL ends all connections and recovers from its log when a backend is killed. */
async function crashPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  process.kill(rows[0].pid, 'SIGKILL')
  await eventually(() => execute(url, 'SELECT 1'))
}
