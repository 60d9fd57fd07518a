import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { startPostgres } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { accessTable } from '../../src/access/access-table.ts'
import { coreTable } from '../../src/access/core-table.ts'
import { startInstance } from '../api/instance.ts'
import { databaseOf, prepareSqlite } from '../http/app.ts'

jest.setTimeout(24 * 3_600_000)

/** The long run: `GROWTH_MINUTES=60`. The clock is moved, so a minute takes as long as its requests. */
const minutes = Number(process.env.GROWTH_MINUTES ?? 4)
const isLong = process.env.GROWTH_MINUTES !== undefined
/** Requests per minute, above the rate limit of a network or its limit of pending requests. */
const times: Readonly<Record<string, number>> = {
  ...{ authorize: 45, push: 55, 'push a small request': 65, 'start a device authorization': 45 },
  ...{ 'start a small device authorization': 50, 'ask for a login code': 8, register: 12 },
}
const defaultTimes = 6
const megabyte = 1024 * 1024
const minute = 60_000
const redirectUri = 'https://app.example/callback'

type Fields = Readonly<Record<string, string>>

const randomText = (length: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url')

/** Every request without credentials that stores something, at its maximum size. */
function storingRequests(url: string, clientId: string): Readonly<Record<string, () => Promise<Response>>> {
  const request = () => ({
    ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' },
    ...{
      code_challenge: randomText(32),
      code_challenge_method: 'S256',
      state: randomText(3000),
      nonce: randomText(1500),
    },
  })
  const claims = (length: number) => JSON.stringify({ userinfo: { email: { value: randomText(length) } } })
  const get = (path: string, fields: Fields) =>
    fetch(`${url}${path}?${new URLSearchParams(fields)}`, { redirect: 'manual' })
  const postForm = (path: string, fields: Fields) =>
    fetch(url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  const postJson = (path: string, body: object) =>
    fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const register = (name: string) =>
    postJson('/api/oidc/register', {
      redirect_uris: Array.from({ length: 8 }, () => `https://app.example/${randomText(700)}`),
      client_name: name,
    })
  return {
    authorize: () => get('/authorize', { ...request(), claims: claims(3000) }),
    'authorize without a page': () => get('/authorize', { ...request(), prompt: 'none' }),
    'authorize with another redirect URI': () =>
      get('/authorize', { ...request(), redirect_uri: 'https://evil.example/' }),
    push: () => postForm('/api/oidc/par', { ...request(), claims: claims(6500) }),
    // Larger ones may be stored less often.
    'push a small request': () =>
      postForm('/api/oidc/par', { ...request(), state: randomText(400), nonce: randomText(60) }),
    'start a device authorization': () =>
      postForm('/api/oidc/device/authorize', {
        client_id: clientId,
        scope: 'openid',
        claims: claims(11_000),
      }),
    'start a small device authorization': () =>
      postForm('/api/oidc/device/authorize', { client_id: clientId, scope: 'openid', claims: claims(1000) }),
    'guess a code': () =>
      postForm('/api/oidc/token', {
        ...{ client_id: clientId, grant_type: 'authorization_code', code: randomText(30), redirect_uri: redirectUri },
        code_verifier: randomText(32),
      }),
    register: () => register(randomText(100)),
    'register and remove': async () => {
      const response = await register(randomText(100))
      const { registration_client_uri: at, registration_access_token: token } = (await response.json()) as Fields
      return at ? fetch(at, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }) : response
    },
    'ask for a login code': () => postJson('/api/one-time-access-email', { email: `${randomText(20)}@example.com` }),
    'guess a login code': () => postJson(`/api/one-time-access-token/${randomText(6)}`, {}),
    'start a device login': () => postJson('/api/device-login/requests', {}),
    'begin a passkey sign-in': () => get('/api/webauthn/login/start', {}),
    'sign out': () => get('/api/oidc/end-session', { state: randomText(3000) }),
  }
}

/** Every route once, with a body of the maximum size. */
async function callEveryRoute(url: string, passTime: () => void): Promise<void> {
  for (const route of [...accessTable.keys(), ...coreTable.keys()]) {
    const [method = 'GET', path = '/'] = route.split(' ')
    const address = url + path.replaceAll(/:\w+/g, () => randomText(20))
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    const body = JSON.stringify({ text: randomText(12_000) })
    passTime()
    const response = await fetch(`${address}?q=${randomText(3000)}`, {
      method,
      headers,
      redirect: 'manual',
      ...(method !== 'GET' && { body }),
    })
    await response.arrayBuffer().catch(() => {})
  }
}

/** The size of a database and the number of rows in each table. */
function createMeasurement(dataSource: DataSource) {
  const queryNumber = async (sql: string) => Number(Object.values((await dataSource.query(sql))[0] ?? {})[0] ?? 0)
  const isPostgres = dataSource.options.type === 'postgres'
  const names = isPostgres
    ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    : "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'pocket%'"
  return {
    bytes: async () =>
      isPostgres
        ? queryNumber('SELECT pg_database_size(current_database())')
        : (await queryNumber('PRAGMA page_count')) * (await queryNumber('PRAGMA page_size')),
    /** The relations that take most space, with their dead rows (PostgreSQL). */
    async largest(): Promise<string> {
      if (!isPostgres) return ''
      const relations: readonly { readonly name: string; readonly bytes: string }[] = await dataSource.query(
        `SELECT relname AS name, pg_relation_size(oid) AS bytes FROM pg_class WHERE relname LIKE '%pocket%' OR relkind = 't'
         OR relname LIKE 'pg_toast%' ORDER BY pg_relation_size(oid) DESC LIMIT 14`,
      )
      return relations.map(({ name, bytes }) => `${name} ${Math.round(Number(bytes) / 1024)}`).join(', ')
    },
    async rows() {
      const tables: readonly { readonly name: string }[] = await dataSource.query(names)
      const counts = new Map<string, number>()
      for (const { name } of tables) counts.set(name, await queryNumber(`SELECT COUNT(*) FROM "${name}"`))
      return counts
    },
  }
}

/** Reports the progress of the long run. */
function print(line: string): void {
  if (isLong) process.stdout.write(`${line}\n`)
}

/** The number of rows that the limits of one network leave room for. */
const maxRows: Readonly<Record<string, number>> = {
  // 30 interactions, 64 pushed requests and 48 device codes, each once more until the expired ones are removed, 15
  // registration access tokens and the administrator's session.
  pocket_artifact: 300,
  // 15 of the network, and the one of the administrator.
  pocket_client: 16,
  pocket_connection_attempt: 100,
  pocket_limit: 40,
  pocket_device_login: 120,
  pocket_user: 1,
}

function atMost(max: number): unknown {
  return { asymmetricMatch: (value: number) => value <= max, toString: () => `at most ${max}` }
}

afterEach(() => void jest.restoreAllMocks())

describe.each(['SQLite', 'PostgreSQL'] as const)('requests without credentials from one address on %s', (kind) => {
  test(`grow the database by at most 2 MB a minute, up to a plateau, over ${minutes} minutes`, async () => {
    let now = Date.now()
    jest.spyOn(Date, 'now').mockImplementation(() => now)
    await using stack = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'pocket-growth-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'pocket-id.db')
    if (kind === 'SQLite') await copyFile(await prepareSqlite(), file)
    // A minute of the long run takes about two seconds, and autovacuum runs once a minute by default.
    const isOwnServer = isLong && kind === 'PostgreSQL'
    const database = isOwnServer
      ? { DB_CONNECTION_STRING: stack.use(await startPostgres({ autovacuumInterval: 2 })).url }
      : await databaseOf(kind, stack)
    const env = { DB_CONNECTION_STRING: file, ...database }
    const settings = { DISABLE_RATE_LIMITING: 'false', DYNAMIC_REGISTRATION: 'open' }
    const instance = stack.use(await startInstance({ ...env, ...settings }))
    const created = await instance.administrator.postJson(`${instance.url}/api/oidc/clients`, {
      name: 'App',
      callbackURLs: [redirectUri],
      isPublic: true,
    })
    const kinds = storingRequests(instance.url, String((created.json() as { id: string }).id))
    const dataSource = await new DataSource(
      kind === 'SQLite'
        ? { type: 'better-sqlite3', database: file }
        : { type: 'postgres', url: env.DB_CONNECTION_STRING },
    ).initialize()
    stack.defer(() => dataSource.destroy())
    const { bytes, largest, rows } = createMeasurement(dataSource)

    const outcomes = new Set<string>()
    const sizes = [await bytes()]
    print(`${kind}: ${sizes[0]} bytes`)
    const counts = [await rows()]
    for (let passed = 0; passed < minutes; passed++) {
      const startedAt = now
      if (passed % 10 === 0) await callEveryRoute(instance.url, () => (now += 20))
      for (const [name, send] of Object.entries(kinds))
        for (let sent = 0; sent < (times[name] ?? defaultTimes); sent++) {
          const response = await send()
          await response.arrayBuffer().catch(() => {})
          outcomes.add(`${name} ${response.status}`)
          // Requests are spread over the minute, so that no general rate limit hides the others.
          now += 100
        }
      now = startedAt + minute
      while ((await instance.app.pocket.removeExpired(200)) > 0);
      sizes.push(await bytes())
      counts.push(await rows())
      print(`${kind}, minute ${passed + 1}: ${sizes.at(-1)} bytes ${await largest()}`)
    }
    const growth = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0))
    const last = counts.at(-1) ?? new Map<string, number>()
    print(`${kind}: ${JSON.stringify([...last])}, ${[...outcomes].join(', ')}`)
    for (const stored of [
      'authorize 303',
      'push 201',
      'push a small request 201',
      'start a device authorization 200',
      'register 201',
    ])
      expect(outcomes).toContain(stored)
    expect(Math.max(...growth)).toBeLessThanOrEqual(2 * megabyte)
    const half = Math.ceil(sizes.length / 2)
    if (minutes >= 60)
      expect(Math.max(...sizes.slice(half)) - Math.max(...sizes.slice(0, half))).toBeLessThanOrEqual(megabyte)
    for (const [table, max] of Object.entries(maxRows))
      expect([table, Math.max(...counts.map((each) => each.get(table) ?? 0))]).toEqual([table, atMost(max)])
    // Refusals are logged once a minute.
    expect((last.get('pocket_audit') ?? 0) / minutes).toBeLessThan(60)
  })
})
