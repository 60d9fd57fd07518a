import { tracingChannel } from 'node:diagnostics_channel'
import { request } from 'node:http'
import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { ClientProtocolInput } from '@pocket/core'
import { UserAgent } from '@pocket/core/testing'
import { eventually, shareBetweenTests, startForEachTest } from '@pocket/test-support'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { storeKinds } from '../contracts/store-kinds.ts'
import { answerCeremony, minute, signIn, viewOf } from '../flows/host.ts'
import { files, readReceived, rule, type SiteFixture, startSites, visit, wiki } from './sites.ts'

const wikiSite = { protectedHosts: ['wiki.example.org'], accessRules: [rule()] }

describe.each(Object.entries(storeKinds))('protected sites with %s stores', (kind, open) => {
  const database = shareBetweenTests(() => open())
  const sites = startForEachTest(async () => startSites(await database.empty()))

  /** A user who has signed in on a new site. */
  const signInOnSite = async (protocol: ClientProtocolInput = {}, url = `${wiki}/`) => {
    const { id } = await sites.site({ ...wikiSite, ...protocol })
    const person = await sites.host.person('ada')
    const agent = sites.browser()
    const page = await visit(agent, url, person)
    return { id, person, agent, page }
  }

  /** Copies the account's passkey to another RP ID. */
  const addPasskey = async (rpId: string, accountId: string) => {
    const { passkeys } = sites.host.stores
    const [first] = await passkeys.listByAccount(accountId)
    if (!first) throw new Error('The account has no passkey.')
    await passkeys.insert({ ...first, rpId, id: crypto.randomUUID(), credentialId: crypto.randomUUID() })
  }

  it('returns to the deep link after the sign-in, with the identity of the user', async () => {
    const { page } = await signInOnSite({}, `${wiki}/a%20b/c?q=1&to=%2Fx%3F`)
    expect(readReceived(page)).toMatchObject({
      method: 'GET',
      url: '/a%20b/c?q=1&to=%2Fx%3F',
      headers: {
        'remote-user': 'ada',
        'remote-groups': 'family',
        'remote-email': 'ada@example.com',
        'remote-name': 'ada Koch',
        'x-pocket-assertion': '',
      },
    })
  })

  it('overwrites identity headers of the client, even on open paths', async () => {
    const { agent } = await signInOnSite({ accessRules: [rule({ path: '/open/*', allow: 'everyone' }), rule()] })
    const headers = { 'Remote-User': 'root', 'Remote-Groups': 'admins', 'X-Pocket-Assertion': 'x' }
    expect(readReceived(await agent.get(`${wiki}/`, { headers })).headers).toMatchObject({
      'remote-user': 'ada',
      'x-pocket-assertion': '',
    })
    expect(readReceived(await agent.get(`${wiki}/open/`, { headers })).headers).toMatchObject({
      'remote-user': '',
      'remote-groups': '',
      'remote-email': '',
      'remote-name': '',
    })
  })

  it('encodes names outside ASCII and commas in groups, in headers of the chosen names', async () => {
    const names = { user: 'X-User', groups: 'X-Groups', email: 'X-Email', name: 'X-Name' }
    const { person, agent } = await signInOnSite({ identityHeaders: names })
    const groups = [
      { id: 'a', name: 'Köln, Nord' },
      { id: 'b', name: '100%' },
    ]
    sites.host.accounts.set(person.account.id, { ...person.account, givenName: 'Zoë', groups })
    sites.host.clock.pass(2000)
    const { value } = agent.cookies().find(({ name }) => name === '__Host-pocket-site') ?? { value: '' }
    const response = await fetch(`${sites.host.issuer}/api/authz/forward-auth`, {
      headers: { ...forwardedHeaders('/'), cookie: `__Host-pocket-site=${value}` },
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-user': 'ada',
      'x-name': 'Zo%C3%AB Koch',
      'x-groups': 'K%C3%B6ln%2C Nord,100%25',
    })
  })

  it('signs in the page when its images are requested at the same time', async () => {
    await sites.site(wikiSite)
    const { authenticator } = await sites.host.person('ada')
    const agent = sites.browser()
    const headers = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    const images = Array.from({ length: 12 }, (_, index) => agent.get(`${wiki}/${index}.png`, { headers }))
    const [redirect, ...others] = await Promise.all([agent.get(`${wiki}/page`), ...images])
    expect(others.map(({ status }) => status)).toEqual(Array(12).fill(401))
    const page = await signIn(agent, await agent.follow(redirect), authenticator, () => false)
    expect(readReceived(page)).toMatchObject({ url: '/page', headers: { 'remote-user': 'ada' } })
  })

  it('uses one passkey for several sites, whose cookies are not valid at each other', async () => {
    await sites.site({ ...wikiSite, protectedHosts: ['files.example.net'] })
    const { agent } = await signInOnSite()
    const page = await agent.follow(await agent.get(`${files}/`))
    expect(readReceived(page).headers['remote-user']).toBe('ada')
    const cookies = agent.cookies().filter(({ name }) => name === '__Host-pocket-site')
    expect(cookies).toHaveLength(2)
    expect(new Set(cookies.map(({ value }) => value)).size).toBe(2)
    for (const { value } of cookies)
      expect(await checkAccess(value, 'wiki.example.org')).toBe(value === cookies[0]?.value ? 200 : 401)
  })

  const forwardedHeaders = (path: string, host = 'wiki.example.org') => ({
    'x-forwarded-proto': 'https',
    'x-forwarded-host': host,
    'x-forwarded-method': 'GET',
    'x-forwarded-uri': path,
  })

  const checkAccess = async (reference: string, host: string) => {
    const headers = { ...forwardedHeaders('/', host), cookie: `__Host-pocket-site=${reference}` }
    return (await fetch(`${sites.host.issuer}/api/authz/forward-auth`, { headers })).status
  }

  describe('ends access when', () => {
    it('the user signs out', async () => {
      const { agent } = await signInOnSite()
      expect((await agent.get(`${wiki}/`)).status).toBe(200)
      const question = viewOf(await agent.get((await agent.get(`${wiki}/.pocket/sign-out`)).location ?? ''), 'sign-out')
      await agent.postForm(question.submitTo, { ...question.hidden, [question.confirm.name]: question.confirm.value })
      expect((await agent.get(`${wiki}/`)).status).toBe(303)
    })

    it('all sessions of the account are ended', async () => {
      const { agent, person } = await signInOnSite()
      await sites.host.pocket.endAccess(person.account.id)
      expect((await agent.get(`${wiki}/`)).status).toBe(303)
    })

    it('the account is disabled, within two seconds', async () => {
      const { agent, person } = await signInOnSite()
      sites.host.accounts.set(person.account.id, { ...person.account, disabled: true })
      sites.host.clock.pass(2000)
      expect((await agent.get(`${wiki}/`)).status).toBe(303)
    })

    it('the account leaves a group of the rule, within two seconds', async () => {
      const { agent, person } = await signInOnSite({ accessRules: [rule({ groups: ['family'] })] })
      sites.host.accounts.set(person.account.id, { ...person.account, groups: [{ id: 'g2', name: 'friends' }] })
      sites.host.clock.pass(2000)
      const denied = await agent.get(`${wiki}/`)
      expect([denied.status, denied.text.includes('You don’t have access to this page.')]).toEqual([403, true])
    })

    it('the group of the rule begins to require a second passkey, and says so', async () => {
      const { agent, person } = await signInOnSite({ accessRules: [rule({ groups: ['family'] })] })
      const groups = person.account.groups.map((group) => ({ ...group, requiresTwoPasskeys: true }))
      sites.host.accounts.set(person.account.id, { ...person.account, groups })
      await addPasskey('old.example.com', person.account.id)
      sites.host.clock.pass(2000)
      for (const path of ['/', '/.pocket/start']) {
        const denied = await agent.get(`${wiki}${path}`)
        expect([denied.status, denied.text.includes('Add a second passkey in your account')]).toEqual([403, true])
      }
      await addPasskey('localhost', person.account.id)
      expect((await agent.get(`${wiki}/`)).status).toBe(200)
    })

    it('the client is restricted to other groups', async () => {
      const { id, agent } = await signInOnSite()
      await sites.host.pocket.clients.update(id, { name: 'Wiki', redirectUris: [], isGroupRestricted: true })
      expect((await agent.get(`${wiki}/`)).status).toBe(303)
    })

    it('the client is removed', async () => {
      const { id, agent } = await signInOnSite()
      await sites.host.pocket.clients.remove(id)
      expect((await agent.get(`${wiki}/`)).status).toBe(403)
    })

    it('the session expires', async () => {
      const { agent } = await signInOnSite()
      sites.host.clock.pass(61 * minute)
      expect((await agent.get(`${wiki}/`)).status).toBe(303)
    })
  })

  it('extends the session with each use of a site', async () => {
    const { agent } = await signInOnSite()
    for (let use = 0; use < 3; use += 1) {
      sites.host.clock.pass(40 * minute)
      expect((await agent.get(`${wiki}/`)).status).toBe(200)
      // The use is recorded after the response.
      await sites.host.pocket[Symbol.asyncDispose]()
    }
  })

  it('reads once and writes nothing before it answers', async () => {
    // Otherwise the cached account expires on a slow machine.
    const clocks = [Date, performance].map((clock) => jest.spyOn(clock, 'now').mockReturnValue(clock.now()))
    const { agent } = await signInOnSite()
    const sql: string[] = []
    const start = (message: unknown) => {
      const statement = (message as { readonly sql: string }).sql
      // The attempts of the sign-in are written later.
      if (!statement.includes('pocket_connection_attempt')) sql.push(statement)
    }
    const statements = tracingChannel('pocket:statement')
    statements.start.subscribe(start)
    try {
      expect((await agent.get(`${wiki}/`)).status).toBe(200)
    } finally {
      statements.start.unsubscribe(start)
      for (const clock of clocks) clock.mockRestore()
    }
    expect(sql).toEqual(kind === 'memory' ? [] : [expect.stringMatching(/^WITH found AS \(SELECT .*pocket_artifact/s)])
  })

  it('responds while the last uses and a refusal wait to be recorded in the database', async () => {
    const { id, agent } = await signInOnSite({
      accessRules: [
        rule({ path: '/api/*', allow: 'service_tokens' }),
        rule({ path: '/closed', allow: 'nobody' }),
        rule(),
      ],
    })
    const serviceToken = { name: 'CI', paths: [], methods: [] }
    const { plain } = await sites.host.pocket.clients.addSecret(id, { serviceToken })
    const { artifacts, clients, connectionLog } = sites.host.stores
    const [refresh, recordSecretUse, insert] = [artifacts.refresh, clients.recordSecretUse, connectionLog.insert]
    const gate = Promise.withResolvers<void>()
    const waiting: string[] = []
    const waitAtGate = (name: string) => {
      waiting.push(name)
      return gate.promise
    }
    artifacts.refresh = (...input) => waitAtGate('session').then(() => refresh.apply(artifacts, input))
    clients.recordSecretUse = (...input) => waitAtGate('token').then(() => recordSecretUse.apply(clients, input))
    connectionLog.insert = (...input) => waitAtGate('log').then(() => insert.apply(connectionLog, input))
    sites.host.clock.pass(2 * minute)
    expect((await agent.get(`${wiki}/`)).status).toBe(200)
    expect((await agent.get(`${wiki}/closed`)).status).toBe(403)
    const headers = { ...forwardedHeaders('/api/x'), authorization: `Bearer ${plain}` }
    expect((await fetch(`${sites.host.issuer}/api/authz/forward-auth`, { headers })).status).toBe(200)
    await eventually(async () => expect(waiting.toSorted()).toEqual(['log', 'session', 'token']))
    gate.resolve()
    expect((await sites.host.pocket.connectionLog.list(id))[0]).toMatchObject({ error: 'nobody' })
  })

  it('requires a passkey again if its last use is too old', async () => {
    const { agent, person } = await signInOnSite({
      accessRules: [rule({ path: '/vault/*', maxPasskeyAgeMinutes: 5 }), rule()],
    })
    sites.host.clock.pass(6 * minute)
    expect((await agent.get(`${wiki}/`)).status).toBe(200)
    const script = await agent.getJson(`${wiki}/vault/x`)
    expect([script.status, script.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="Wiki", error="insufficient_user_authentication", max_age="300"',
    ])
    const page = await agent.follow(await agent.get(`${wiki}/vault/x`))
    expect(viewOf(page).view).toBe('sign-in')
    const entered = await signIn(agent, page, person.authenticator, () => false)
    expect(readReceived(entered).url).toBe('/vault/x')
  })

  describe('requests that cannot show a sign-in page', () => {
    beforeEach(async () => {
      await sites.site({
        ...wikiSite,
        accessRules: [rule({ path: '/cors/*', methods: ['OPTIONS'], allow: 'everyone' }), rule()],
      })
    })

    it.each<[string, Readonly<Record<string, string>>]>([
      ['an API client', { accept: 'application/json' }],
      ['curl', { accept: '*/*' }],
      ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
      ['an old script', { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' }],
      ['a picture', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
      ['a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
      ['a prefetch', { 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch' }],
      ['a WebSocket', { 'sec-fetch-mode': 'websocket' }],
      ['a client with credentials of another kind', { accept: 'text/html', authorization: 'Basic eDp5' }],
    ])('answer %s with 401 and no redirect', async (_name, headers) => {
      const response = await fetch(`${sites.host.issuer}/api/authz/forward-auth`, {
        headers: { ...forwardedHeaders('/'), ...headers },
        redirect: 'manual',
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Wiki"')
      expect(response.headers.get('location')).toBeNull()
      expect(await response.json()).toEqual({ error: 'no_session', error_description: 'The user is not signed in.' })
    })

    it('respond to a preflight with 401 unless a rule allows it', async () => {
      const sendPreflight = async (path: string) => {
        const headers = { ...forwardedHeaders(path), 'x-forwarded-method': 'OPTIONS', origin: 'https://other.example' }
        return (await fetch(`${sites.host.issuer}/api/authz/forward-auth`, { headers, redirect: 'manual' })).status
      }
      expect([await sendPreflight('/x'), await sendPreflight('/cors/x')]).toEqual([401, 200])
    })
  })

  it('informs the user that a form was not sent', async () => {
    await sites.site(wikiSite)
    const person = await sites.host.person('ada')
    const agent = sites.browser()
    const shown = await agent.follow(await agent.postForm(`${wiki}/save?x=1`, { text: 'lost' }))
    const page = await signIn(agent, shown, person.authenticator, () => false)
    expect([page.status, page.text.includes('Your form was not sent'), page.text.includes('href="/save?x=1"')]).toEqual(
      [200, true, true],
    )
  })

  it('finishes ten tabs that started at the same time, each at its own page', async () => {
    await sites.site(wikiSite)
    const person = await sites.host.person('ada')
    const agent = sites.browser()
    const urls = Array.from({ length: 10 }, (_, index) => `${wiki}/page/${index}`)
    const pages = await Promise.all(urls.map(async (url) => agent.follow(await agent.get(url))))
    // A page requests a new challenge if another tab has replaced the cookie of the browser.
    const [first, ...others] = await Promise.all(pages.map(({ url }) => agent.get(url)))
    if (!first) throw new Error('There is no page.')
    expect(readReceived(await signIn(agent, first, person.authenticator, () => false)).url).toBe('/page/0')
    const finished = await Promise.all(
      others.map(async (page) => {
        const response = await answerCeremony(agent, page, person.authenticator)
        return agent.follow(await agent.get((response.json() as { redirectTo: string }).redirectTo))
      }),
    )
    expect(finished.map((page) => readReceived(page).url)).toEqual(urls.slice(1).map((url) => url.slice(wiki.length)))
    expect(agent.cookies().filter(({ name }) => name.startsWith('__Host-pocket-sign-in-'))).toEqual([])
  })

  it('keeps the cookies of tabs that start at the same time short, even with long deep links', async () => {
    await sites.site(wikiSite)
    const person = await sites.host.person('ada')
    const agent = sites.browser()
    const paths = Array.from({ length: 12 }, (_, index) => `/d/${index}?query=${'%20'.repeat(500)}`)
    const redirects = await Promise.all(paths.map((path) => agent.get(wiki + path)))
    const started = await Promise.all(redirects.map(({ location }) => agent.get(location ?? '')))
    expect(agent.cookies().reduce((length, { name, value }) => length + `${name}=${value}; `.length, 0)).toBeLessThan(
      2000,
    )
    const [first] = started
    if (!first) throw new Error('There is no page.')
    const page = await signIn(agent, await agent.follow(first), person.authenticator, () => false)
    expect(readReceived(page).url).toBe(paths[0])
  })

  it('keeps the deep link of a tab whose cookie is missing, without a query that is too long', async () => {
    await sites.site(wikiSite)
    const startSignIn = async (to: string) => {
      const page = await sites.browser().get(`${wiki}/.pocket/start?${new URLSearchParams({ to })}`)
      const state = new URL(page.location ?? '').searchParams.get('state') ?? ''
      const restarted = await sites
        .browser()
        .get(`${wiki}/.pocket/callback?${new URLSearchParams({ state, code: 'x' })}`)
      return new URL(restarted.location ?? '', wiki).searchParams.get('to')
    }
    expect(await startSignIn('/page?a=1')).toBe('/page?a=1')
    expect(await startSignIn(`/page?a=${'1'.repeat(2000)}`)).toBe('/page')
    expect(await startSignIn(`/${'1'.repeat(2000)}`)).toBe('/')
  })

  it('reports a loop if the browser keeps no cookies, and if the proxy does not forward them', async () => {
    const { agent } = await signInOnSite()
    sites.proxy.forwardsCookies = false
    const loop = await agent.follow(await agent.get(`${wiki}/`))
    expect([loop.status, loop.text.includes('does not forward the cookie')]).toEqual([508, true])
    sites.proxy.forwardsCookies = true
    const forgetful = new UserAgent({ resolve: { [wiki]: sites.proxy.origin } })
    let [url, turns] = [`${wiki}/.pocket/callback?state=1.aaaaaaaa.${'a'.repeat(43)}&code=x`, 0]
    let page = await forgetful.get(url)
    while (page.location !== null && turns < 10) {
      turns += 1
      url = page.location
      forgetful.clearCookies()
      page = url.startsWith(sites.host.issuer)
        ? await forgetful.get(`${wiki}/.pocket/callback?state=${new URL(url).searchParams.get('state')}&code=x`)
        : await forgetful.get(url)
    }
    expect([page.status, page.text.includes('does not keep the cookies'), turns]).toEqual([508, true, 4])
  })

  it('answers with the credential headers that the application receives, for proxies that only replace them', async () => {
    const accessRules = [rule({ path: '/api/*', allow: 'service_tokens' }), rule({ path: '/*', allow: 'everyone' })]
    const { id } = await sites.site({ ...wikiSite, accessRules })
    const serviceToken = { name: 'CI', paths: [], methods: [] }
    const { plain } = await sites.host.pocket.clients.addSecret(id, { serviceToken })
    const { hostname, port } = new URL(sites.host.issuer)
    const sendRequest = (endpoint: string, path: string, input: Readonly<Record<string, string>>) =>
      new Promise((resolve, reject) => {
        const original = { 'x-original-url': wiki + path, 'x-original-method': 'GET' }
        const headers = {
          host: 'wiki.example.org',
          ...(endpoint === 'auth-request' ? original : endpoint === 'forward-auth' && forwardedHeaders(path)),
          'x-forwarded-proto': 'https',
          ...input,
        }
        const target = `/api/authz/${endpoint}${endpoint === 'ext-authz' ? path : ''}`
        request({ hostname, port, path: target, headers, agent: false }, (response) => {
          const { cookie, authorization } = response.resume().headers
          resolve([response.statusCode, cookie, authorization])
        })
          .on('error', reject)
          .end()
      })
    const cookie = 'a=1; __Host-pocket-site=secret; __Host-pocket-sign-in-x=1;  b="2"; __Host-pocket-returns=1'
    for (const endpoint of ['forward-auth', 'ext-authz']) {
      expect(await sendRequest(endpoint, '/api/x', { cookie, authorization: `Bearer ${plain}` })).toEqual([
        200,
        'a=1; b="2"',
        '',
      ])
      const authorization = 'Bearer of the application'
      expect(await sendRequest(endpoint, '/', { cookie: '__Host-pocket-site=x', authorization })).toEqual([
        200,
        '',
        authorization,
      ])
      expect(await sendRequest(endpoint, '/', {})).toEqual([200, undefined, undefined])
    }
    expect(await sendRequest('auth-request', '/', { cookie })).toEqual([200, undefined, undefined])
  })

  it('opens a page in several tabs that were checked before the sign-in of another tab', async () => {
    await sites.site(wikiSite)
    const person = await sites.host.person('ada')
    const agent = sites.browser()
    const tabs = await Promise.all(Array.from({ length: 5 }, () => agent.get(`${wiki}/page`)))
    sites.host.clock.pass(1000)
    expect((await visit(agent, `${wiki}/page`, person)).status).toBe(200)
    for (const { location } of tabs) {
      sites.host.clock.pass(10)
      expect(readReceived(await agent.follow(await agent.get(location ?? ''))).url).toBe('/page')
    }
  })

  it('signs in once for two ports of a site, at each of them', async () => {
    const otherPort = `${wiki}:8443`
    const hosts = [wiki, otherPort].map((url) => url.slice('https://'.length))
    await sites.site({ ...wikiSite, protectedHosts: hosts })
    const person = await sites.host.person('ada')
    for (const [first, second] of [
      [wiki, otherPort],
      [otherPort, wiki],
    ] as const) {
      const agent = new UserAgent({
        resolve: { [wiki]: sites.proxy.origin, [otherPort]: sites.proxy.origin },
        clock: sites.host.clock,
      })
      const entered = await visit(agent, `${first}/page?x=1`, person)
      expect([entered.url, readReceived(entered).url]).toEqual([`${first}/page?x=1`, '/page?x=1'])
      expect((await agent.get(`${second}/other`)).status).toBe(200)
    }
  })

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/x\n',
    'javascript:1',
    '/.pocket/start',
  ])('redirects to no other site for the return URL %j', async (to) => {
    const { agent } = await signInOnSite()
    const page = await agent.get(`${wiki}/.pocket/start?${new URLSearchParams({ to })}`)
    expect(page.location).toBe(`${wiki}/`)
  })

  it('rejects a code of another browser, of another issuer and one that was used', async () => {
    await sites.site(wikiSite)
    const person = await sites.host.person('ada')
    const agent = sites.browser()
    const shown = await agent.follow(await agent.get(`${wiki}/`))
    const isCallback = (url: string) => url.startsWith(`${wiki}/.pocket/callback`)
    const { location } = await signIn(agent, shown, person.authenticator, isCallback)
    if (location === null) throw new Error('There is no callback.')
    const other = await sites.browser().get(location)
    expect(other.location).toMatch(/\/\.pocket\/start\?to=%2F&attempt=2$/)
    const entered = await agent.get(location)
    expect(entered.location).toBe(`${wiki}/`)
    expect((await agent.get(location)).location).toMatch(/\/\.pocket\/start/)
    expect((await agent.get(`${wiki}/`)).status).toBe(200)
  })

  it('accepts service tokens within their limits, and records their use', async () => {
    const { id } = await sites.site({
      ...wikiSite,
      accessRules: [rule({ path: '/api/*', allow: 'service_tokens' }), rule()],
      serviceTokenHeader: 'X-Wiki-Token',
    })
    const { clients } = sites.host.pocket
    const serviceToken = { name: 'CI', paths: ['/api/*'], methods: ['GET'] }
    const { plain, stored } = await clients.addSecret(id, { serviceToken, expiresAt: sites.host.clock.now() + minute })
    expect(JSON.stringify(await sites.host.stores.clients.find(id))).not.toContain(plain)
    const sendRequest = async (headers: Readonly<Record<string, string>>) => {
      const response = await fetch(`${sites.host.issuer}/api/authz/forward-auth`, {
        headers: { ...forwardedHeaders('/api/pages'), ...headers },
      })
      return [response.status, response.headers.get('remote-user')]
    }
    expect(await sendRequest({ authorization: `Bearer ${plain}` })).toEqual([200, ''])
    expect(await sendRequest({ 'x-wiki-token': plain })).toEqual([200, ''])
    expect(await sendRequest({ authorization: `Bearer ${plain}x` })).toEqual([401, ''])
    expect(await sendRequest({ authorization: `Bearer ${plain}`, 'x-forwarded-method': 'POST' })).toEqual([403, ''])
    expect(await sendRequest({})).toEqual([401, ''])
    expect([...(await clients.secretUses(id)).keys()]).toEqual([stored.id])
    const tokenRequest = await fetch(sites.host.pocket.endpoints.token, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: plain }),
    })
    expect(await tokenRequest.json()).toMatchObject({ error: 'invalid_client' })
    const { plain: secret } = await clients.replaceSecrets(id)
    expect(await sendRequest({ authorization: `Bearer ${secret}` })).toEqual([401, ''])
    expect(await sendRequest({ authorization: `Bearer ${plain}` })).toEqual([200, ''])
    sites.host.clock.pass(2 * minute)
    expect(await sendRequest({ authorization: `Bearer ${plain}` })).toEqual([401, ''])
  })

  it('leaves the bearer tokens of the application to users who are signed in', async () => {
    const { id, agent } = await signInOnSite({ accessRules: [rule({ allow: 'users_and_service_tokens' })] })
    const headers = { authorization: 'Bearer a-token-of-the-application', 'sec-fetch-mode': 'cors' }
    const fetchApi = (browser: UserAgent) => browser.get(`${wiki}/api`, { headers })
    expect(readReceived(await fetchApi(agent)).headers).toMatchObject({
      'remote-user': 'ada',
      ...headers,
    })
    expect((await fetchApi(sites.browser())).status).toBe(401)
    // Proxies remove only tokens with the prefix.
    const serviceToken = { name: 'CI', paths: [], methods: [] }
    const adding = sites.host.pocket.clients.addSecret(id, { serviceToken, secret: 'a-token-of-the-administrator' })
    await expect(adding).rejects.toMatchObject({ fields: [{ field: 'secret', code: 'invalid_format' }] })
  })

  it('sends a signed assertion for the site, and the same one during half of its lifetime', async () => {
    const { id, agent, page, person } = await signInOnSite({ identityAssertion: true })
    const assertion = readReceived(page).headers['x-pocket-assertion'] ?? ''
    const keys = createRemoteJWKSet(new URL(sites.host.pocket.endpoints.jwks))
    const { payload, protectedHeader } = await jwtVerify(assertion, keys, {
      issuer: sites.host.issuer,
      audience: id,
      typ: 'pocket-assertion+jwt',
    })
    expect(payload).toMatchObject({ sub: person.account.id, preferred_username: 'ada', groups: ['family'], acr: 'phr' })
    expect([(payload.exp ?? 0) - (payload.iat ?? 0), protectedHeader.alg]).toEqual([120, 'RS256'])
    const readAssertion = async () => readReceived(await agent.get(`${wiki}/`)).headers['x-pocket-assertion']
    expect(await readAssertion()).toBe(assertion)
    sites.host.clock.pass(minute)
    expect(await readAssertion()).not.toBe(assertion)
  })

  it('sends no assertion of a key that was revoked', async () => {
    const { agent, page } = await signInOnSite({ identityAssertion: true })
    const { pocket, issuer } = sites.host
    const published = await pocket.signingKeys()
    await pocket.replaceKeys(
      published.map(({ kid }) => kid),
      { immediately: true },
    )
    const assertion = readReceived(await agent.get(`${wiki}/`)).headers['x-pocket-assertion'] ?? ''
    expect(assertion).not.toBe(readReceived(page).headers['x-pocket-assertion'])
    const keys = createRemoteJWKSet(new URL(pocket.endpoints.jwks))
    expect((await jwtVerify(assertion, keys, { issuer })).payload.sub).toBeTruthy()
  })

  it('denies requests that it cannot attribute to one site', async () => {
    await sites.site(wikiSite)
    const accessRules = [rule({ allow: 'everyone' })]
    // Two processes can create such sites concurrently.
    const racing = ['twice.example.org', 'once.example.org'].map((host) =>
      sites.site({ protectedHosts: [host], accessRules }),
    )
    for (const site of await Promise.all(racing))
      await sites.host.stores.clients.update({
        ...site,
        protocol: { ...site.protocol, protectedHosts: ['twice.example.org'] },
      })
    sites.host.clock.pass(2000)
    const sendRequest = async (changes: Readonly<Record<string, string>>) => {
      const headers = { ...forwardedHeaders('/'), ...changes }
      const response = await fetch(`${sites.host.issuer}/api/authz/forward-auth`, { headers, redirect: 'manual' })
      return [response.status, ((await response.json()) as { error: string }).error]
    }
    expect(await sendRequest({ 'x-forwarded-host': 'unknown.example.org' })).toEqual([403, 'unknown_host'])
    expect(await sendRequest({ 'x-forwarded-host': 'twice.example.org' })).toEqual([403, 'unknown_host'])
    expect(await sendRequest({ 'x-forwarded-host': 'wiki.example.org, evil.example' })).toEqual([403, 'invalid_target'])
    expect(await sendRequest({ 'x-forwarded-proto': 'http' })).toEqual([403, 'insecure'])
    expect(await sendRequest({ 'x-forwarded-uri': 'https://wiki.example.org/' })).toEqual([403, 'invalid_target'])
    for (const method of ['CONNECT', 'connect', 'GET /'])
      expect(await sendRequest({ 'x-forwarded-method': method })).toEqual([403, 'invalid_target'])
    expect(await sendRequest({ 'x-forwarded-method': '' })).toEqual([403, 'missing_headers'])
    expect(await sendRequest({ 'x-forwarded-host': 'WIKI.example.org.:443' })).toEqual([401, 'no_session'])
  })

  it('writes rejected requests to the connection log with the reason', async () => {
    const { id, agent, person } = await signInOnSite({
      accessRules: [rule({ path: '/admin/*', groups: ['admins'] }), rule()],
    })
    expect((await agent.get(`${wiki}/admin/x?secret=1`)).status).toBe(403)
    expect((await agent.get(`${wiki}/%61dmin/`)).status).toBe(403)
    const [ambiguous, denied] = await sites.host.pocket.connectionLog.list(id)
    expect(denied).toMatchObject({
      endpoint: 'forward_auth',
      accountId: person.account.id,
      parameters: { host: 'wiki.example.org', method: 'GET', path: '/admin/x', rule: '1' },
      succeeded: false,
      error: 'not_in_groups',
    })
    expect(ambiguous).toMatchObject({ error: 'ambiguous_path', parameters: { path: '/%61dmin/' } })
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['insecure', { 'x-forwarded-proto': 'http' }],
    ['repeated_headers', { 'x-http-method': 'GET', x_http_method: 'DELETE' }],
    ['repeated_headers', { 'remote-user': '', 'remote.user': 'root' }],
  ])('writes a request to the connection log that is rejected with %s', async (error, changes) => {
    const { id } = await sites.site(wikiSite)
    const headers = { ...forwardedHeaders('/page'), ...changes }
    const response = await fetch(`${sites.host.issuer}/api/authz/forward-auth`, { headers })
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ error })])
    expect(await sites.host.pocket.connectionLog.list(id)).toMatchObject([
      { error, accountId: null, parameters: { host: 'wiki.example.org', method: 'GET', path: '/page' } },
    ])
  })

  it('serves no other page at the host of a site', async () => {
    await sites.site(wikiSite)
    const headers = { 'x-forwarded-host': 'wiki.example.org', 'x-forwarded-proto': 'https' }
    for (const path of [
      '/authorize',
      '/.well-known/openid-configuration',
      '/interaction/x',
      '/',
      '/.pocketx',
      '/.pocket/../',
    ]) {
      const response = await fetch(`${sites.host.issuer}${path}`, { headers, redirect: 'manual' })
      expect([path, response.status]).toEqual([path, 404])
    }
  })

  it('tests the rules with the method that the query overrides', async () => {
    const accessRules = [rule({ allow: 'everyone', methods: ['GET'] }), rule({ allow: 'nobody' })]
    const { id } = await sites.site({ ...wikiSite, accessRules })
    const readVerdict = async (url: string) => {
      const { verdict, reason } = await sites.host.pocket.testSiteRequest(id, { url, method: 'GET', accountId: null })
      return `${verdict} ${reason}`
    }
    expect(await readVerdict(`${wiki}/page?method=DELETE`)).toBe('allow allowed')
    expect(await readVerdict(`${wiki}/page?a=1&_method=delete`)).toBe('deny ambiguous_method')
  })

  it('validates the settings of a site in words', async () => {
    const listFieldErrors = async (protocol: Parameters<SiteFixture['site']>[0]) =>
      sites.site(protocol).then(
        () => [],
        (error: { fields: readonly { field: string; message: string }[] }) => error.fields,
      )
    expect(await listFieldErrors({ protectedHosts: ['http://wiki.example.org'] })).toMatchObject([
      { field: 'protocol.protectedHosts.0', message: expect.stringMatching('must use HTTPS') },
    ])
    expect(await listFieldErrors({ protectedHosts: ['Wiki.example.org'] })).toHaveLength(1)
    const { hostname } = new URL(sites.host.issuer)
    const reserved = { field: 'protocol.protectedHosts.1', code: 'reserved' }
    const protectedHosts = ['wiki.example.org', `${hostname}:8443`]
    expect(await listFieldErrors({ protectedHosts })).toMatchObject([reserved])
    const site = await sites.site(wikiSite)
    const update = sites.host.pocket.clients.update(site.id, { ...site, protocol: { protectedHosts } })
    await expect(update).rejects.toMatchObject({ fields: [reserved] })
    const taken = { field: 'protocol.protectedHosts.0', code: 'already_in_use' }
    expect(await listFieldErrors({ protectedHosts: ['wiki.example.org:8443'] })).toMatchObject([taken])
    await sites.host.pocket.clients.update(site.id, {
      ...site,
      protocol: { protectedHosts: ['wiki.example.org', 'wiki.example.org:8443'] },
    })
    expect(await listFieldErrors({ accessRules: [rule({ path: '/a/../b' })] })).toHaveLength(1)
    expect(await listFieldErrors({ accessRules: [rule({ allow: 'everyone', groups: ['x'] })] })).toHaveLength(1)
    expect(await listFieldErrors({ serviceTokenHeader: 'Cookie' })).toHaveLength(1)
    expect(await listFieldErrors({ serviceTokenHeader: 'X-Rewrite-URL' })).toHaveLength(1)
    expect(await listFieldErrors({ serviceTokenHeader: 'remote-user' })).toMatchObject([
      { field: 'protocol.serviceTokenHeader', code: 'contradiction' },
    ])
    const accessRules = ['a.example.org', 'b.example.org'].map((host) => rule({ host }))
    expect(await listFieldErrors({ protectedHosts: ['a.example.org'], accessRules })).toMatchObject([
      { field: 'protocol.accessRules.1.host', code: 'contradiction' },
    ])
    const jwks = { keys: [] }
    expect(await listFieldErrors({ ...wikiSite, requireSignedRequestObject: true, jwks })).toHaveLength(1)
  })
})
