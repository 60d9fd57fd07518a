import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { NewClientInput } from '@pocket/core'
import type { UserAgent } from '@pocket/core/testing'
import { newUser } from '@pocket/directory'
import Database from 'better-sqlite3'
import { createFolder } from '../database/folder.ts'
import { type RunningApp, setUpAdministrator, startApp } from './app.ts'

const stack = new AsyncDisposableStack()
let running: RunningApp
let agent: UserAgent
let database: Database.Database

beforeAll(async () => {
  const path = join(stack.use(await createFolder()).path, 'pocket-id.db')
  running = stack.use(await startApp({ DB_CONNECTION_STRING: path }))
  database = stack.adopt(new Database(path, { readonly: true }), (each) => void each.close())
  agent = running.agent()
  await setUpAdministrator(agent, running.url)
})
afterAll(() => stack.disposeAsync())

const createClient = (input: Partial<NewClientInput> = {}) =>
  running.app.pocket.clients.create({ name: 'Wiki', redirectUris: ['https://wiki.example/cb'], ...input })
const testClient = (id: string) => agent.postForm(`${running.url}/settings/admin/oidc-clients/${id}/test`, {})
const steps = [
  'Discovery document',
  'Callback URL',
  'Authorization request, with PKCE',
  'Your access',
  'Client authentication and tokens',
  'ID token',
  'UserInfo',
]
const stepsIn = (text: string) => /<ol class="card steps"[^>]*>(.*?)<\/ol>/s.exec(text)?.[1] ?? ''
const stepNames = (text: string) => [...stepsIn(text).matchAll(/<strong>([^<]+)/g)].map(([, name]) => name)
const lastTestEvent = () => running.log.filter((line) => line.includes('"audit":"client_tested"')).at(-1)
const outcomes = (text: string) =>
  [...stepsIn(text).matchAll(/<span class="chip [^"]*">([^<]+)</g)].map(([, outcome]) => outcome)

test.each<[string, Partial<NewClientInput>]>([
  ['confidential', {}],
  ['public', { isPublic: true }],
  ['strict', { pkceRequired: true, requiresReauthentication: true, protocol: { idTokenSignedResponseAlg: 'ES256' } }],
  ['mapped', { protocol: { jwtAccessTokens: true, userinfoSignedResponseAlg: 'PS256', subjectType: 'pairwise' } }],
  ['pushing', { requiresPushedAuthorizationRequests: true }],
  ['pushing public', { isPublic: true, requiresPushedAuthorizationRequests: true }],
  ['key-bound', { protocol: { dpopBoundAccessTokens: true } }],
  ['of an app', { redirectUris: ['https://*.wiki.example/cb', 'app.wiki:///cb'] }],
])('a %s client completes the test, and no test data remains', async (_, input) => {
  const client = await createClient(input)
  const page = await testClient(client.id)
  expect(page.status).toBe(200)
  expect(outcomes(page.text)).toEqual(Array.from({ length: 7 }, () => 'Works'))
  expect(stepNames(page.text)).toEqual(steps)
  expect(page.text).toContain('&#34;preferred_username&#34;: &#34;ada&#34;')
  expect(page.text).toContain('Everything works from here.')
  const after = await running.app.pocket.clients.find(client.id)
  expect(after?.secrets).toEqual([])
  const log = running.log.join('')
  expect(lastTestEvent()).toContain('"outcome":"passed"')
  expect(log).not.toContain('client_secret_added')
  const consents = await agent.getJson(`${running.url}/api/oidc/users/me/authorized-clients`)
  expect(consents.text).not.toContain(client.id)
})

test.each<[string, Partial<NewClientInput>, readonly string[], string]>([
  ['has no callback URL', { redirectUris: [] }, ['Works', 'Failed'], 'No callback URL without a * is registered.'],
  ['allows no group', { isGroupRestricted: true }, ['Works', 'Works', 'Works', 'Failed'], 'none of the allowed groups'],
  [
    'authenticates with its own key',
    { protocol: { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: 'https://wiki.example/keys' } },
    ['Works', 'Works', 'Works', 'Works', 'Not tried'],
    'Only the application has its key',
  ],
  [
    'signs its requests',
    { protocol: { requireSignedRequestObject: true, jwksUri: 'https://wiki.example/keys' } },
    ['Works', 'Works', 'Not tried', 'Works', 'Works', 'Works', 'Works'],
    'Only the application has its key',
  ],
  [
    'follows FAPI 2.0',
    { protocol: { fapi: true, jwksUri: 'https://wiki.example/keys' } },
    ['Works', 'Works', 'Not tried', 'Works', 'Not tried'],
    'Only the application has its key',
  ],
])('a client that %s gets an explanation', async (_, input, begin, sentence) => {
  const page = await testClient((await createClient(input)).id)
  expect(stepNames(page.text)).toEqual(steps)
  expect(lastTestEvent()).toContain('"outcome":"not_passed"')
  const rest = Array.from({ length: 7 - begin.length }, () => 'Not tried')
  expect(outcomes(page.text)).toEqual([...begin, ...rest])
  expect(page.text).toContain(sentence)
})

test('a client with signed assertions completes the test with its existing secret', async () => {
  const { clients } = running.app.pocket
  const client = await createClient({
    requiresPushedAuthorizationRequests: true,
    protocol: { tokenEndpointAuthMethod: 'client_secret_jwt' },
  })
  const works = Array.from({ length: 7 }, () => 'Works')
  expect(outcomes((await testClient(client.id)).text)).toEqual(works)
  expect((await clients.find(client.id))?.secrets).toEqual([])
  // Another secret would be the newest one, which is the only valid one, and would exceed the limit.
  for (let added = 0; added < 20; added++) await clients.addSecret(client.id)
  expect(outcomes((await testClient(client.id)).text)).toEqual(works)
  expect((await clients.find(client.id))?.secrets).toHaveLength(20)
})

test('a client at the limit of secrets gets an explanation', async () => {
  const client = await createClient()
  for (let added = 0; added < 20; added++) await running.app.pocket.clients.addSecret(client.id)
  const page = await testClient(client.id)
  expect(outcomes(page.text)).toEqual(['Works', 'Works', 'Works', 'Works', 'Failed', 'Not tried', 'Not tried'])
  expect(page.text).toContain('It already has twenty secrets.')
})

test('an unreachable URL is named with its cause', async () => {
  // Its public URL leads elsewhere, as behind a misconfigured proxy.
  await using lost = await startApp({ APP_URL: 'https://id.invalid' })
  const client = await lost.app.pocket.clients.create({ name: 'Wiki', redirectUris: ['https://wiki.example/cb'] })
  const administrator = lost.agent()
  await setUpAdministrator(administrator, lost.url)
  const page = await administrator.postForm(`${lost.url}/settings/admin/oidc-clients/${client.id}/test`, {})
  expect(outcomes(page.text)).toEqual(['Failed', ...Array.from({ length: 6 }, () => 'Not tried')])
  expect(page.text).toContain('This server can’t reach its own URL.')
  expect(page.text).toMatch(
    /<code class="small">https:\/\/id\.invalid\/\.well-known\/openid-configuration: [a-z_ ]+<\/code>/,
  )
  expect(page.text).toContain('One step failed.')
})

test('the tokens of a test are revoked before its result is shown', async () => {
  const client = await createClient({ isPublic: true })
  await testClient(client.id)
  expect(database.prepare('SELECT model FROM pocket_artifact WHERE grant_id IS NOT NULL').all()).toEqual([])
  await expect(running.app.pocket.testClient('nobody', 'nobody')).rejects.toMatchObject({ code: 'client_not_found' })
})

describe('a client test', () => {
  const fetchPage = async (id: string, tab = '') =>
    (await agent.get(`${running.url}/settings/admin/oidc-clients/${id}${tab}`)).text
  const listAuditEvents = (id: string) =>
    database.prepare('SELECT event FROM pocket_audit WHERE data LIKE ?').all(`%${id}%`) as { event: string }[]

  test.each<[string, Partial<NewClientInput>, string]>([
    ['passed', {}, 'passed'],
    [
      'failed',
      {
        protocol: {
          idTokenEncryptedResponse: { alg: 'RSA-OAEP', enc: 'A128GCM' },
          jwksUri: 'https://wiki.invalid/keys',
        },
      },
      'not_passed',
    ],
  ])('that %s appears neither in the connection log nor in the state of the client', async (_, input, outcome) => {
    const { id } = await createClient(input)
    await testClient(id)
    expect(lastTestEvent()).toContain(`"outcome":"${outcome}"`)
    expect(await running.app.pocket.connectionLog.list(id)).toEqual([])
    expect(listAuditEvents(id).map(({ event }) => event)).toEqual(['CLIENT_TESTED'])
    const [head, activity] = [await fetchPage(id), await fetchPage(id, '/activity')]
    for (const text of [head, activity]) {
      expect(text).toContain('<p>No one has signed in yet.')
      expect(text).not.toMatch(/<p><span class="chip (ok|warn)">/)
    }
    expect(activity).toContain('Client test')
    expect(activity).not.toContain('Authorization failed')
  })

  test('does not count as the last use of the existing secret of a client with signed assertions', async () => {
    const { clients } = running.app.pocket
    const { id } = await createClient({ protocol: { tokenEndpointAuthMethod: 'client_secret_jwt' } })
    await clients.addSecret(id)
    await testClient(id)
    expect([...(await clients.secretUses(id)).values()]).toEqual([])
  })

  test('a forged mark hides no request', async () => {
    const { id } = await createClient({ isPublic: true })
    const headers = { 'pocket-client-test': `${Date.now() + 30_000}.${'A'.repeat(43)}` }
    await fetch(`${running.url}/api/oidc/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'authorization_code', client_id: id, code: 'x' }),
    })
    expect(await running.app.pocket.connectionLog.list(id)).toMatchObject([{ endpoint: 'token', succeeded: false }])
  })
})

test('only an administrator can run it, with a form of this server', async () => {
  const { id } = await createClient()
  const path = `${running.url}/settings/admin/oidc-clients/${id}/test`
  expect((await running.agent().postJson(path, {})).status).toBe(401)
  await running.app.directory.create(newUser({ userName: 'lena' }))
  const lena = running.agent()
  await lena.postForm(`${running.url}/lc`, { code: (await running.app.issueLoginCode('lena')).code })
  const before = lastTestEvent()
  expect((await lena.postForm(path, {})).status).toBe(403)
  expect(lastTestEvent()).toBe(before)
  expect((await agent.postForm(path, {}, { from: 'https://evil.example/' })).status).toBe(403)
  expect((await agent.get(path)).location).toBe(path.replace('/test', ''))
})
