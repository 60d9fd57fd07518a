import { describe, expect, jest, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { DataSource } from 'typeorm'
import { pocketMigrations, pocketTables, runMigrations, typeormStores } from '../../src/typeorm/index.ts'
import { databases, optionsFor } from '../typeorm/databases.ts'
import { type Host, minute, startHost, viewOf, visit } from './host.ts'
import { authorizationUrl, followAuthorization, redirectUri } from './login.ts'

jest.setTimeout(600_000)

const megabyte = 1024 * 1024
const minutes = 4
/** More requests of each stored kind than one network may have pending. */
const times = 45
const stored = new Set(['authorize', 'push', 'start a device login'])

type Query = Readonly<Record<string, string>>

/** Every kind of request without credentials that can be stored, at its maximum size. */
async function unauthenticatedRequests(host: Host) {
  const [{ client }, { client: confidential }] = [
    await host.client({ redirectUris: [redirectUri], isPublic: true }),
    await host.client({ redirectUris: [redirectUri] }),
  ]
  const randomText = (length: number) =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url')
  const requestFields = () => ({
    client_id: client.id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: randomText(32),
    code_challenge_method: 'S256',
    state: randomText(3000),
    nonce: randomText(1500),
  })
  const get = (path: string, fields: Query) =>
    new UserAgent().get(`${host.issuer}${path}?${new URLSearchParams(fields)}`)
  const post = (path: string, fields: Query) =>
    fetch(host.issuer + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  const claims = (length: number) => JSON.stringify({ userinfo: { email: { value: randomText(length) } } })
  const kinds: Readonly<Record<string, () => Promise<{ readonly status: number }>>> = {
    authorize: () => get('/authorize', { ...requestFields(), claims: claims(3000) }),
    push: () => post('/api/oidc/par', { ...requestFields(), claims: claims(6500) }),
    'start a device login': () => post('/api/oidc/device/authorize', { client_id: client.id, claims: claims(11_000) }),
    'authorize and cancel': async () => {
      const agent = new UserAgent()
      const page = await visit(agent, `${host.issuer}/authorize?${new URLSearchParams(requestFields())}`)
      const view = viewOf(page, 'sign-in')
      const canceled = await agent.postForm(new URL(view.cancelTo ?? '', page.url).href, {})
      return agent.get(canceled.location ?? '')
    },
    'authorize without a page': () => get('/authorize', { ...requestFields(), prompt: 'none' }),
    'authorize with another redirect URI': () =>
      get('/authorize', { ...requestFields(), redirect_uri: 'https://evil.example/' }),
    'push with a wrong secret': () =>
      post('/api/oidc/par', { ...requestFields(), client_id: confidential.id, client_secret: randomText(30) }),
    'guess a code': () =>
      post('/api/oidc/token', {
        client_id: client.id,
        grant_type: 'authorization_code',
        code: randomText(30),
        redirect_uri: redirectUri,
      }),
    'sign out': () => get('/api/oidc/end-session', { state: randomText(3000) }),
    'sign out of another client': () =>
      get('/api/oidc/end-session', {
        state: randomText(3000),
        client_id: client.id,
        post_logout_redirect_uri: 'https://evil.example/',
      }),
    'open no interaction': () => get(`/interaction/${randomText(20)}`, {}),
  }
  return { client, kinds }
}

async function countStoredBytes(dataSource: DataSource): Promise<number> {
  let bytes = 0
  for (const { options } of pocketTables) {
    const columns = dataSource.getMetadata(options.name).columns.map(({ databaseName }) => `"${databaseName}"`)
    const length = columns.map((column) => `COALESCE(LENGTH(CAST(${column} AS text)), 0)`).join(' + ')
    const [{ sum }] = await dataSource.query(`SELECT COALESCE(SUM(${length}), 0) AS sum FROM ${options.name}`)
    bytes += Number(sum)
  }
  return bytes
}

describe.each(databases)('requests without credentials, on %s', (_kind, open) => {
  test('grow the database by less than 2 MB a minute and up to a plateau, while users sign in', async () => {
    await using stack = new AsyncDisposableStack()
    const database = stack.use(await open())
    await runMigrations(optionsFor(database), [pocketMigrations])
    const dataSource = await new DataSource(optionsFor(database)).initialize()
    stack.defer(() => dataSource.destroy())
    const options = { limits: { rateLimiter: undefined }, trustProxy: () => true }
    const host = stack.use(await startHost({ stores: typeormStores(dataSource), options }))
    const { client, kinds } = await unauthenticatedRequests(host)
    const people = {
      here: { person: await host.person('ada'), headers: {} },
      elsewhere: { person: await host.person('grace'), headers: { 'x-forwarded-for': '203.0.113.9' } },
    }
    const url = authorizationUrl(host, client.id, { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' })

    const measured = [await countStoredBytes(dataSource)]
    for (let passed = 1; passed <= minutes; passed++) {
      for (const [kind, send] of Object.entries(kinds))
        for (let count = 0; count < (stored.has(kind) ? times : 3); count++) await send()
      for (const { person, headers } of Object.values(people)) {
        const { page } = await followAuthorization(host, url, { agent: new UserAgent({ headers }), person })
        expect(page.location).toContain('code=')
      }
      await host.pocket.connectionLog.list(client.id)
      measured.push(await countStoredBytes(dataSource))
      host.clock.pass(minute)
      while ((await host.pocket.removeExpired(200)) > 0);
    }
    const growth = measured.slice(1).map((bytes, index) => bytes - (measured[index] ?? 0))
    expect(Math.max(...growth)).toBeLessThan(2 * megabyte)
    // From the third minute on, pushed requests expire as fast as they arrive, and nothing else is added.
    expect((measured[4] ?? 0) - (measured[3] ?? 0)).toBeLessThan(megabyte / 8)
    expect(host.errors).toEqual([])
  })
})
