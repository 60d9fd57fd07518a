import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { AccessRule } from '@pocket/core'
import type { SoftwareAuthenticator, UserAgent } from '@pocket/core/testing'
import pg from 'pg'
import { type Instance, startInstance } from '../api/instance.ts'
import { stopClocks } from '../stopped-time.ts'
import { databaseOf } from './app.ts'

const redirectUri = 'https://app.example/callback'
const verifier = 'a-verifier-of-more-than-forty-three-characters'
const challenge = 'AKaopYQ563pi9GQf83eEMKvsNOZCHLRRNarAWfXnrnQ'

/** Lower them with each improvement. A login: authorization, page, assertion, resumption, code exchange and UserInfo. */
const bounds = {
  login: 22,
  signOn: 7,
  refresh: 4,
  userInfo: 1,
  introspection: 1,
  siteCheck: 1,
  ...{ restRead: 3, restWrite: 6, appsPage: 10, adminAppsPage: 11, usersPage: 11, signInPage: 1 },
}

const isApplicationUrl = (url: string) => url.startsWith(redirectUri)

let query: jest.SpiedFunction<(this: unknown, ...parameters: unknown[]) => unknown>

// A spy of a module would be restored by other files of the same run.
beforeAll(() => {
  query = jest.spyOn(pg.Client.prototype, 'query') as unknown as typeof query
})
afterAll(() => query.mockRestore())

const stack = new AsyncDisposableStack()
let instance: Instance
let authenticator: SoftwareAuthenticator
let application: { readonly id: string; readonly authorization: string }

beforeAll(async () => {
  const database = await databaseOf('PostgreSQL', stack)
  instance = stack.use(await startInstance({ ...database, DISABLE_RATE_LIMITING: 'false', TRUST_PROXY: '127.0.0.1' }))
  const { id } = await instance.app.pocket.clients.create({ name: 'App', redirectUris: [redirectUri] })
  const { plain } = await instance.app.pocket.clients.addSecret(id)
  application = { id, authorization: `Basic ${Buffer.from(`${id}:${plain}`).toString('base64')}` }
  authenticator = (await instance.person('grace')).authenticator
})
afterAll(() => stack.disposeAsync())

/** Starts an authorization, up to the sign-in page or the redirect URI. */
const authorize = async (agent: UserAgent) => {
  const parameters = {
    ...{
      client_id: application.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile email groups',
    },
    ...{ state: 'state', nonce: 'nonce', code_challenge: challenge, code_challenge_method: 'S256' },
  }
  const start = await agent.get(`${instance.url}/authorize?${new URLSearchParams(parameters)}`)
  return agent.follow(start, { until: isApplicationUrl })
}

const signIn = async (agent: UserAgent) => {
  const page = await authorize(agent)
  const attribute = /data-ceremony="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#34;', '"') ?? ''
  const { options, submitTo } = JSON.parse(attribute.replaceAll('&amp;', '&'))
  const response = authenticator.get(options, { origin: instance.url })
  const result = await agent.postJson(new URL(submitTo, instance.url).href, { response })
  const { redirectTo } = result.json() as { readonly redirectTo: string }
  return agent.follow(await agent.get(new URL(redirectTo, instance.url).href), { until: isApplicationUrl })
}

const requestToken = async (fields: Readonly<Record<string, string>>) => {
  const response = await fetch(`${instance.url}/api/oidc/token`, {
    method: 'POST',
    headers: { authorization: application.authorization },
    body: new URLSearchParams(fields),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as { readonly access_token: string; readonly refresh_token: string }
}

const exchange = (location: string | null) =>
  requestToken({
    grant_type: 'authorization_code',
    code: new URL(location ?? '').searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })

const userInfo = async (accessToken: string) => {
  const headers = { authorization: `Bearer ${accessToken}` }
  expect((await fetch(`${instance.url}/api/oidc/userinfo`, { headers })).status).toBe(200)
}

const introspect = async (accessToken: string) => {
  const response = await fetch(`${instance.url}/api/oidc/introspect`, {
    method: 'POST',
    headers: { authorization: application.authorization },
    body: new URLSearchParams({ token: accessToken }),
  })
  expect(await response.json()).toMatchObject({ active: true })
}

const site = { 'x-forwarded-host': 'wiki.example.org', 'x-forwarded-proto': 'https' }

/** The cookie of a protected site for a signed-in browser. */
const enterSite = async (agent: UserAgent): Promise<string> => {
  const visit = (target: string, cookie = '') =>
    fetch(instance.url + target, { headers: { ...site, cookie }, redirect: 'manual' })
  const cookieOf = (response: Response, name: string) =>
    response.headers
      .getSetCookie()
      .find((text) => text.startsWith(name))
      ?.split(';')[0] ?? ''
  const started = await visit('/.pocket/start?to=/')
  const authorized = await agent.follow(await agent.get(started.headers.get('location') ?? ''), {
    until: (url) => url.startsWith('https://wiki.example.org/'),
  })
  const { pathname, search } = new URL(authorized.location ?? '')
  const entered = await visit(pathname + search, cookieOf(started, '__Host-pocket-sign-in'))
  return cookieOf(entered, '__Host-pocket-site')
}

/** A request to a protected site, which writes nothing. */
const checkSite = async (cookie: string) => {
  const headers = { ...site, 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/', cookie }
  const response = await fetch(`${instance.url}/api/authz/forward-auth`, { headers })
  expect([response.status, response.headers.get('remote-user')]).toEqual([200, 'grace'])
}

/** The statements that `work` sends, in order, without BEGIN and COMMIT: kinds and tables. */
async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  query.mockClear()
  await work()
  // The log of connection attempts is written after the response; reading it is the last statement.
  await instance.app.pocket.connectionLog.latest([])
  return (
    query.mock.calls
      .map(([statement]) => (typeof statement === 'object' && statement ? String(Reflect.get(statement, 'text')) : ''))
      // The version of the cache is read at most once a second, whatever happens.
      .filter((sql) => sql.includes('pocket_') && !sql.includes('pocket_cache_version'))
      .slice(0, -1)
      .map((sql) => sql.match(/\b(?:SELECT|INSERT|UPDATE|DELETE)\b|pocket_\w+/g)?.join(' ') ?? sql)
  )
}

/** The smallest of several rounds, because jobs and reloads send statements of their own. */
function shortestRound(rounds: readonly (readonly string[])[]): readonly string[] {
  return rounds.reduce((least, round) => (round.length < least.length ? round : least))
}

const callApi = async (method: string, path: string, body?: object) => {
  const response = await instance.administrator.sendJson(
    method,
    `${instance.url}/api/${path}`,
    body === undefined ? {} : { body },
  )
  expect(response.status).toBe(200)
  return response.json() as Readonly<Record<string, unknown>>
}

const openPage = async (path: string, agent = instance.administrator) =>
  expect((await agent.get(instance.url + path)).status).toBe(200)

test('requests of sign-ins, of the REST API and for pages send a bounded number of statements', async () => {
  // Otherwise caches expire during a request on a slow machine.
  using _time = stopClocks()
  const first = instance.agent()
  const consentPage = await signIn(first)
  const [form] = consentPage.forms()
  if (form) await first.follow(await first.submit(consentPage, form), { until: isApplicationUrl })
  const rounds: Record<string, (readonly string[])[]> = Object.fromEntries(
    Object.keys(bounds).map((name) => [name, []]),
  )
  const { id, agent: linus } = await instance.person('linus')
  const rule: AccessRule = {
    ...{ host: null, path: '/*', methods: [], groups: [], maxPasskeyAgeMinutes: null },
    allow: 'users',
  }
  await instance.app.pocket.clients.create({
    name: 'Wiki',
    redirectUris: [],
    protocol: { protectedHosts: ['wiki.example.org'], accessRules: [rule] },
  })
  const cookie = await enterSite(first)
  for (let round = 0; round < 3; round += 1) {
    const agent = instance.agent()
    let tokens = { access_token: '', refresh_token: '' }
    const measured = {
      login: async () => {
        tokens = await exchange((await signIn(agent)).location)
        await userInfo(tokens.access_token)
      },
      signOn: async () => expect((await authorize(agent)).location).toContain('code='),
      refresh: async () => {
        tokens = await requestToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
      },
      userInfo: () => userInfo(tokens.access_token),
      introspection: () => introspect(tokens.access_token),
      siteCheck: () => checkSite(cookie),
      restRead: () => callApi('GET', `users/${id}`),
      restWrite: () =>
        callApi('PUT', `users/${id}`, { username: 'linus', firstName: `Linus ${round}`, email: 'linus@example.com' }),
      appsPage: () => openPage('/settings/apps', linus),
      // The navigation counts the users who wait for approval.
      adminAppsPage: () => openPage('/settings/apps'),
      usersPage: () => openPage('/settings/admin/users'),
      signInPage: () => openPage('/login', instance.agent()),
    }
    for (const [name, work] of Object.entries(measured)) rounds[name]?.push(await statementsOf(work))
  }
  const fewest: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
    Object.entries(rounds).map(([name, each]) => [name, shortestRound(each)]),
  )
  if (process.env.SHOW_STATEMENTS !== undefined) process.stdout.write(`${JSON.stringify(fewest, null, 1)}\n`)
  for (const [name, bound] of Object.entries(bounds)) {
    const sent = fewest[name] ?? []
    // With the list, because a number alone does not show which statement is new.
    expect({ name, sent: sent.length > bound ? sent : [] }).toEqual({ name, sent: [] })
    if (['siteCheck', 'signInPage'].includes(name)) expect(sent.filter((sql) => !sql.startsWith('SELECT'))).toEqual([])
  }
})
