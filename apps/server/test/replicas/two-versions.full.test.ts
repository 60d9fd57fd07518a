import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import { createTestDatabase, eventually, freePort } from '@pocket/test-support'
import pg from 'pg'
import { registerPasskey } from '../api/instance.ts'
import { setUpAdministrator } from '../http/app.ts'
import { startProgram } from '../program.ts'
import { applicationSettings, requestToken, signIn } from './relying-party.ts'

const newerVersion = new URL('newer-version.ts', import.meta.url).href
const apiKey = 'a static api key that is long enough'

test('an older version serves beside a newer one that has only added to the schema, and rejects a schema that it cannot use', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-versions-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const database = stack.use(await createTestDatabase())
  const port = await freePort()
  const url = `http://localhost:${port}`
  const start = async (ownPort: number, newer?: '1' | '2') => {
    const preload = newer === undefined ? [] : [`--import=${newerVersion}`]
    const options = {
      cwd: folder,
      env: {
        ...{ PATH: process.env.PATH ?? '', HOME: folder, APP_URL: url, HOST: '127.0.0.1', PORT: String(ownPort) },
        ...{ DB_CONNECTION_STRING: database.url, ENCRYPTION_KEY: 'a key for tests that is long enough' },
        ...{ STATIC_API_KEY: apiKey, DISABLE_RATE_LIMITING: 'true', MIGRATION_BACKUP: 'off' },
        ...(newer && { NEWER_VERSION: newer }),
      },
    }
    return stack.use(await startProgram([], options, preload))
  }
  const fetchReadiness = async (ownPort: number) => {
    const response = await fetch(`http://127.0.0.1:${ownPort}/readyz`)
    return [response.status, await response.text()]
  }
  const waitUntilReady = (ownPort: number) =>
    eventually(async () => expect(await fetchReadiness(ownPort)).toEqual([200, expect.anything()]))
  const call = async (ownPort: number, method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${ownPort}/api/${path}`, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  const sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
  stack.defer(() => sql.end())

  const older = await start(port)
  await waitUntilReady(port)
  const passkey = new SoftwareAuthenticator()
  await setUpAdministrator(new UserAgent(), url, passkey)
  const { id } = await call(port, 'POST', 'oidc/clients', applicationSettings)
  const { secret } = await call(port, 'POST', `oidc/clients/${id}/secret`)
  const application = { id, secret }
  const before = await signIn(url, application, new UserAgent(), passkey)

  const newerPort = await freePort()
  const newer = await start(newerPort, '1')
  await waitUntilReady(newerPort)
  const noted = await sql.query(`UPDATE pocket_client SET note = 'newer' WHERE id = $1`, [id])
  expect(noted.rowCount).toBe(1)

  // The older version reads and writes what the newer one has extended, and the newer one continues with it.
  await waitUntilReady(port)
  const refresh = (origin: string, refreshToken: string) =>
    requestToken(origin, application, { grant_type: 'refresh_token', refresh_token: refreshToken })
  const atNewer = `http://127.0.0.1:${newerPort}`
  const rotated = await refresh(atNewer, (await refresh(url, before.refresh_token)).refresh_token)
  const after = await signIn(url, application, new UserAgent(), passkey)
  expect((await refresh(atNewer, after.refresh_token)).access_token).not.toBe(rotated.access_token)
  await call(port, 'PUT', `oidc/clients/${id}`, { ...applicationSettings, name: 'Renamed' })
  expect((await call(newerPort, 'GET', `oidc/clients/${id}`)).name).toBe('Renamed')
  expect((await sql.query('SELECT note FROM pocket_client WHERE id = $1', [id])).rows).toEqual([{ note: 'newer' }])
  const person = { username: 'grace', firstName: 'Grace', email: 'grace@example.com' }
  const { id: personId } = await call(newerPort, 'POST', 'users', person)
  const issued = await call(port, 'POST', `users/${personId}/one-time-access-token`, {})
  const agent = new UserAgent()
  await agent.postJson(`${url}/api/one-time-access-token/${issued.token}`, {})
  expect((await registerPasskey(agent, url)).answer.status).toBe(200)

  // It also starts beside the newer one.
  older.kill('SIGINT')
  await older.exit
  const restarted = await start(port)
  await waitUntilReady(port)
  await refresh(url, rotated.refresh_token)

  // A version that removes something says so, and the older one rejects it while it runs and when it starts.
  newer.kill('SIGINT')
  await newer.exit
  await start(newerPort, '2')
  await waitUntilReady(newerPort)
  await eventually(async () => {
    const [status, text] = await fetchReadiness(port)
    expect([status, text]).toEqual([503, expect.stringContaining('migrations')])
  })
  const words = /changed by a newer version: it contains migrations that this version does not know \(RemoveFavorites/
  // The response may arrive before the line that was written earlier.
  await eventually(async () => expect(restarted.output()).toMatch(words))
  const refused = await start(await freePort())
  expect(await refused.exit).not.toBe(0)
  expect(refused.output()).toMatch(words)
  expect(refused.output()).toContain('Nothing was written; the database is unchanged.')
})
