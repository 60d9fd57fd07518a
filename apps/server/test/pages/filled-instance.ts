import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseOf } from '@pocket/core/internal/sql'
import { addVirtualAuthenticator, type Page } from '@pocket/test-support'
import { DataSource } from 'typeorm'
import { fillDatabase, administrator as id } from '../../scripts/bench-lists/data.ts'
import { setUpOnPage } from '../e2e/set-up.ts'
import { startApp } from '../http/app.ts'

const apiId = '00000000-0000-4000-8000-000000000000'
const settingSections = ['', '/sign-up', '/email', '/ldap', '/oidc']
const administration = [
  ...['', '/users', '/users/new', '/approvals', '/invitations', '/user-groups', '/user-groups/new', '/oidc-clients'],
  ...['/oidc-clients/new', '/apis', '/apis/new', '/audit-log', '/passkeys', '/jobs', '/backups', '/ldap', '/emails'],
  ...settingSections.map((section) => `/application-configuration${section}`),
  ...['', '/access', '/security', '/activity'].map((tab) => `/users/${id}${tab}`),
  ...['', '/clients', '/settings'].map((tab) => `/user-groups/${id}${tab}`),
  ...['', '/access', '/activity', '/settings', '/scim'].map((tab) => `/oidc-clients/${id}${tab}`),
  ...['', '/clients', '/settings'].map((tab) => `/apis/${apiId}${tab}`),
].map((path) => `/admin${path}`)

/** The paths of the pages of {@link startFilledInstance}, by name. */
export const filledPages: ReadonlyMap<string, string> = new Map(
  [...administration, '/apps', '/account', '/account/security', '/api-keys', '/audit-log'].map((path) => [
    path.slice(1).replaceAll('/', '-').replace(`-${id}`, '-one').replace(`-${apiId}`, '-one'),
    `/settings${path}`,
  ]),
)

/**
 * An instance with many users, groups, clients, APIs, API keys, invitations, e-mails and sign-ups, whose administrator is signed
 * in on the page.
 *
 * @param others - the number of each, except for users
 */
export async function startFilledInstance(
  page: Page,
  { users, others }: { readonly users: number; readonly others: number },
): Promise<AsyncDisposable & { readonly url: string }> {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pocket-filled-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const database = join(folder, 'pocket-id.db')
  // A key of its own, so that it also starts outside of a test run.
  const env = { DB_CONNECTION_STRING: database, ENCRYPTION_KEY: 'a key for many rows', ALLOW_USER_SIGNUPS: 'withToken' }
  const { app, url } = stack.use(await startApp(env))
  await addVirtualAuthenticator(page)
  await setUpOnPage(page, url)
  const source = await new DataSource({ type: 'better-sqlite3', database }).initialize()
  stack.defer(() => source.destroy())
  await fillDatabase(databaseOf(source), users, others)
  for (let number = 0; number < others; number++)
    await app.pocket.apis.create({ name: `API ${number}`, resource: `https://api.example.com/${number}` })
  const now = Date.now()
  for (const sql of [
    // Everything was added in the last weeks.
    ...['user', 'group', 'client', 'passkey'].map(
      (table) => `UPDATE pocket_${table} SET created_at = ${now} - 3600000 * created_at WHERE created_at < 1000000`,
    ),
    // The first client and the first user have all groups.
    `INSERT OR IGNORE INTO pocket_client_group (client_id, group_id) SELECT '${id}', id FROM pocket_group`,
    `UPDATE pocket_client SET is_group_restricted = 1 WHERE id = '${id}'`,
    `INSERT OR IGNORE INTO pocket_membership (user_id, group_id) SELECT '${id}', id FROM pocket_group`,
    `UPDATE pocket_api SET id = '${apiId}' WHERE name = 'API 0'`,
    `INSERT INTO pocket_api_key (id, owner_id, name, name_key, token_hash, scopes, created_at, expires_at, expiration_email_sent)
      SELECT 'key' || pocket_group.id, pocket_user.id, 'Key ' || pocket_group.id, 'key' || pocket_group.id,
      'hash' || pocket_group.id, 'null', ${now}, ${now + 86_400_000}, 0 FROM pocket_group, pocket_user WHERE user_name = 'ada'`,
    `INSERT INTO pocket_email (id, kind, recipient, account_id, data, attempts, expires_at, created_at, sent_at)
      SELECT id, 'new-sign-in', email, id, '{}', 1, ${now + 86_400_000}, created_at, created_at FROM pocket_user
      WHERE user_name <> 'ada' ORDER BY id LIMIT ${others}`,
    `INSERT INTO pocket_approval (account_id, requested_at, awaits_administrator, awaits_verification)
      SELECT id, created_at, 1, 0 FROM pocket_user WHERE disabled`,
  ])
    await source.query(sql)
  // Only a page can show the links that it created.
  for (let number = 0; number < Math.min(others, 25); number++) {
    await page.goto(`${url}/settings/admin/invitations`)
    await page.getByRole('button', { name: /^(Create link|Allow links and create one)$/ }).click()
    await page.getByText('Copy the link below').waitFor()
  }
  return { url, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
