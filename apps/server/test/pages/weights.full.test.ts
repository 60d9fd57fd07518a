import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { databaseOf } from '@pocket/core/internal/sql'
import { addVirtualAuthenticator, launchBrowser, type Page, type TestBrowser } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { administrator, fillDatabase } from '../../scripts/bench-lists/data.ts'
import { startApp } from '../http/app.ts'
import { maxShift, watchPage } from './watch-page.ts'

/** Bytes over the network, including response headers. */
const maxBytes = { signIn: 40_000, other: 60_000 }
let browser: TestBrowser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => browser[Symbol.asyncDispose]())

describe('the sign-in page of a real instance', () => {
  test('stays within its size limit, loads one level of files, and requests nothing else before its button works', async () => {
    await using running = await startApp()
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await addVirtualAuthenticator(page)
    await page.goto(`${running.url}/login/setup`)
    await page.getByRole('textbox', { name: 'User name' }).fill('ada')
    await page.getByRole('button', { name: /^Create passkey/ }).click()
    await page.waitForURL(/\/settings\//)
    await page.context().clearCookies()

    const log = await watchPage(page)
    await log.load(`${running.url}/login`)
    // Waits half a second without a request, so that late requests are recorded.
    await page.waitForLoadState('networkidle')
    const first = await log.sinceLoad()
    expect(first.messages).toEqual([])
    expect(first.shift).toBeLessThan(maxShift)
    expect(first.bytes).toBeGreaterThan(5000)
    expect(first.bytes).toBeLessThanOrEqual(maxBytes.signIn)
    // The document references every file; a file requested by a script would cost a second round trip.
    expect(first.requests[0]).toEqual({ method: 'GET', path: '/login', by: 'person' })
    const files = first.requests.slice(1)
    expect(files.length).toBeGreaterThan(1)
    for (const { method, path, by } of files)
      expect([path, method, by === 'document' || path.includes('favicon')]).toEqual([path, 'GET', true])

    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.waitForURL(`${running.url}/settings/account`)
    const { requests } = await log.sinceLoad()
    const [sent, led] = requests.slice(first.requests.length)
    expect(sent).toMatchObject({ method: 'POST', path: '/login' })
    expect(led).toMatchObject({ method: 'GET', path: '/settings/account' })
    await page.context().close()
  })
})

describe('the admin pages with 5,000 users, 500 groups and 500 clients', () => {
  const stack = new AsyncDisposableStack()
  let url = ''
  let page: Page
  let log: Awaited<ReturnType<typeof watchPage>>
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pocket-weights-'))
    stack.defer(() => rm(folder, { recursive: true }))
    const database = join(folder, 'pocket-id.db')
    const { app, url: origin } = stack.use(await startApp({ DB_CONNECTION_STRING: database }))
    url = origin
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await addVirtualAuthenticator(page)
    await page.goto(`${url}/login/setup`)
    await page.getByRole('textbox', { name: 'User name' }).fill('ada')
    await page.getByRole('button', { name: /^Create passkey/ }).click()
    await page.waitForURL(/\/settings\//)
    await fillServerDatabase(database)
    for (let number = 0; number < 25; number++) {
      const resource = `https://api.example.com/${number}`
      await app.pocket.apis.create({ name: `API ${number}`, resource })
    }
    await page.goto(`${url}/settings/admin/invitations`)
    await page.getByRole('button', { name: 'Allow links and create one' }).click()
    await page.getByText('Copy the link below').waitFor()
    const statuses = await page.evaluate(async () => {
      const [headers, body] = [{ 'content-type': 'application/json' }, JSON.stringify({ usageLimit: 1 })]
      const links = Array.from({ length: 24 }, () => fetch('/api/signup-tokens', { method: 'POST', headers, body }))
      return (await Promise.all(links)).map(({ status }) => status)
    })
    expect(new Set(statuses)).toEqual(new Set([201]))
    const [api] = await app.pocket.apis.list()
    paths.set('api', `/settings/admin/apis/${api?.id}`)
    log = await watchPage(page)
    await page.clock.install()
  })
  afterAll(async () => {
    await page.context().close()
    await stack.disposeAsync()
  })

  const id = administrator
  const paths = new Map(
    [
      ...[
        '',
        '/users',
        '/users/new',
        '/approvals',
        '/invitations',
        '/user-groups',
        '/user-groups/new',
        '/oidc-clients',
      ],
      ...[
        '/oidc-clients/new',
        '/apis',
        '/apis/new',
        '/audit-log',
        '/passkeys',
        '/jobs',
        '/backups',
        '/ldap',
        '/emails',
      ],
      ...['', '/sign-up', '/email', '/ldap', '/oidc'].map((section) => `/application-configuration${section}`),
      ...['', '/access', '/security', '/activity'].map((tab) => `/users/${id}${tab}`),
      ...['', '/clients', '/settings'].map((tab) => `/user-groups/${id}${tab}`),
      ...['', '/access', '/activity', '/settings', '/scim'].map((tab) => `/oidc-clients/${id}${tab}`),
    ].map((path) => [path, `/settings/admin${path}`]),
  )
  for (const path of ['apps', 'account', 'account/security', 'api-keys', 'audit-log'])
    paths.set(path, `/settings/${path}`)

  test.each([...paths.keys(), 'api'])(
    '%s stays within its size limit, does not shift, and names its files in the document',
    async (name) => {
      await log.load(url + paths.get(name))
      // Also records late requests.
      await page.clock.runFor(5000)
      const { bytes, requests, messages, shift } = await log.sinceLoad()
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      expect(messages).toEqual([])
      expect(shift).toBeLessThan(maxShift)
      expect(bytes).toBeLessThanOrEqual(maxBytes.other)
      expect(requests.filter(({ by }) => by === 'script')).toEqual([])
    },
  )

  /** Adds the users, groups and clients, a group membership of each kind for all of them, and API keys. */
  async function fillServerDatabase(database: string): Promise<void> {
    const source = await new DataSource({ type: 'better-sqlite3', database }).initialize()
    stack.defer(() => source.destroy())
    await fillDatabase(databaseOf(source), 5000)
    await source.query(
      `INSERT OR IGNORE INTO pocket_client_group (client_id, group_id) SELECT '${id}', id FROM pocket_group`,
    )
    await source.query(`UPDATE pocket_client SET is_group_restricted = 1 WHERE id = '${id}'`)
    await source.query(
      `INSERT OR IGNORE INTO pocket_membership (user_id, group_id) SELECT '${id}', id FROM pocket_group`,
    )
    await source.query(
      `INSERT INTO pocket_api_key (id, owner_id, name, name_key, token_hash, scopes, created_at, expires_at, expiration_email_sent)
        SELECT 'key' || pocket_group.id, pocket_user.id, 'Key ' || pocket_group.id, 'key' || pocket_group.id,
        'hash' || pocket_group.id, 'null', 0, ${Date.now() + 86_400_000}, 0 FROM pocket_group, pocket_user WHERE user_name = 'ada'`,
    )
  }
})
