import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { defaultProtocol } from '@pocket/core/internal'
import { UserAgent } from '@pocket/core/testing'
import { eventually } from '@pocket/test-support'
import { parse } from 'yaml'
import { siteSnippets } from '../../src/clients/site-snippets.ts'
import { loadCatalogs } from '../../src/http/catalogs.ts'
import { shareWithAdministrator } from './app.ts'

const locales = new URL('../../locales/', import.meta.url)
const wiki = 'https://wiki.example.org'
let pageUrl: string
let id: string

const { running, agent } = shareWithAdministrator({ TRUST_PROXY: '127.0.0.1' })

beforeAll(async () => {
  pageUrl = `${running.url}/settings/admin/oidc-clients`
  const created = await agent.postForm(`${pageUrl}/new`, {
    ...{ template: 'protected-site', name: 'Wiki', address: wiki, access: 'everybody' },
  })
  id = created.location?.split('/').at(-1) ?? ''
})

const findSite = async () => running.app.pocket.clients.find(id)

test('the template of a protected site requires a sign-in for everything at its host', async () => {
  expect((await findSite())?.protocol).toMatchObject({
    protectedHosts: ['wiki.example.org'],
    accessRules: [{ path: '/*', allow: 'users' }],
  })
  const refused = await agent.postForm(`${pageUrl}/new`, {
    ...{
      template: 'protected-site',
      name: 'Plain',
      address: 'http://wiki.example.org',
      access: 'everybody',
      sure: 'http://wiki.example.org',
    },
  })
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('Use HTTPS')])
  const ownHost = await agent.postForm(`${pageUrl}/new`, {
    ...{ template: 'protected-site', name: 'Own', address: 'https://localhost:8443', access: 'everybody' },
  })
  expect([ownHost.status, ownHost.text]).toEqual([
    400,
    expect.stringContaining('a host name other than this provider’s'),
  ])
})

test('the page of the client shows the configuration of each proxy', async () => {
  const { text } = await agent.get(`${pageUrl}/${id}`)
  for (const name of ['nginx', 'Caddy', 'Traefik', 'HAProxy', 'Envoy']) expect(text).toContain(`>${name}<`)
  expect(text).toContain('X-Original-URL https://wiki.example.org$request_uri;')
  expect(text).not.toContain('TRUST_PROXY is not set')
})

function snippetOf(proxy: string, host = 'wiki.example.org') {
  const protocol = { ...defaultProtocol, protectedHosts: [host], serviceTokenHeader: 'X-Service-Token' }
  const snippets = siteSnippets({ protocol }, { pocket: 'http://127.0.0.1:1411', issuerHost: 'id.example.org' })
  return snippets.find(({ name }) => name === proxy)?.text ?? ''
}

test('the configuration of Traefik removes service tokens and forged headers after the check', () => {
  const { routers, middlewares } = parse(snippetOf('Traefik')).http
  const [check, removal] = routers.wiki_example_org.middlewares
  expect(middlewares[check].forwardAuth.authResponseHeaders).toEqual(
    expect.arrayContaining(['Remote-User', 'Cookie', 'Authorization']),
  )
  const identity = ['Remote_User', 'Remote_Groups', 'Remote_Email', 'Remote_Name']
  const paths = ['X-Original-URL', 'X_Original_URL', 'X-Rewrite-URL', 'X_Rewrite_URL']
  const removed = Object.fromEntries(
    [...identity, ...paths, 'X-Service-Token', 'HTTP2-Settings'].map((header) => [header, '']),
  )
  expect(middlewares[removal]).toEqual({ headers: { customRequestHeaders: removed } })
})

test('the configurations of two sites can be in one Traefik', () => {
  const [wiki, files] = ['wiki.example.org', 'files.example.org:8443'].map(
    (host) => parse(snippetOf('Traefik', host)).http,
  )
  for (const section of ['routers', 'middlewares', 'services'])
    expect(Object.keys({ ...wiki[section], ...files[section] })).toHaveLength(4)
})

test('the configuration of Envoy forwards each header that the decision depends on', () => {
  const text = snippetOf('Envoy')
  expect(text).toContain('headers_with_underscores_action: DROP_HEADER')
  expect(text).toContain('request_headers_to_remove: [X-Original-URL, X-Rewrite-URL, X-Service-Token]')
  for (const part of [
    'request_headers_to_remove: [x-forwarded-host]',
    'use_remote_address: true',
    'upgrade_type: websocket',
  ])
    expect(text).toContain(part)
  const [filter] = parse(text)
  const forwarded = filter.typed_config.allowed_headers.patterns.map(({ exact }: { exact: string }) => exact)
  const deciding = ['x-http-method-override', 'x-http-method', 'x-method-override', 'x-service-token']
  expect(forwarded).toEqual(expect.arrayContaining(deciding))
  expect(filter.typed_config.http_service.authorization_response.allowed_upstream_headers.patterns).toEqual(
    expect.arrayContaining([{ exact: 'remote-user' }, { exact: 'cookie' }, { exact: 'authorization' }]),
  )
})

test('the settings store access rules, and REST returns them', async () => {
  const url = `${running.url}/api/oidc/clients/${id}`
  const client = (await agent.getJson(url)).json() as { protocol: { accessRules: readonly object[] } }
  const rules = [
    { path: '/admin/*', allow: 'users', methods: [], groups: ['admins'], maxPasskeyAgeMinutes: 15, host: null },
    ...client.protocol.accessRules,
  ]
  const body = { ...client, protocol: { ...client.protocol, accessRules: rules } }
  expect((await agent.sendJson('PUT', url, { body })).status).toBe(200)
  const page = await agent.get(`${pageUrl}/${id}/settings`)
  expect(page.text).toMatch(/value="\/admin\/\*".*value="admins".*value="15"/s)
  expect((await findSite())?.protocol.accessRules).toEqual(rules)
})

test('the test of the rules answers on the page and over REST', async () => {
  const accessTestUrl = (user: string) =>
    `${pageUrl}/${id}?${new URLSearchParams({ url: `${wiki}/admin/x`, method: 'GET', user })}`
  expect((await agent.get(accessTestUrl('ada'))).text).toMatch(/Denied<.*Rule 1/s)
  expect((await agent.get(accessTestUrl(''))).text).toMatch(/Asks for a sign-in<.*Rule 1/s)
  expect((await agent.get(accessTestUrl('nobody'))).text).toContain('There’s no such user')
  const ada = await running.app.directory.findByName('ada')
  const rest = `${running.url}/api/oidc/clients/${id}/site-test`
  const response = await agent.getJson(`${rest}?${new URLSearchParams({ url: `${wiki}/x`, userId: ada?.id ?? '' })}`)
  expect([response.status, response.json()]).toEqual([
    200,
    {
      ...{ verdict: 'allow', rule: 1, reason: 'allowed', description: 'the request is allowed' },
      headers: expect.objectContaining({ 'Remote-User': 'ada' }),
    },
  ])
  expect((await agent.getJson(`${rest}?url=https://other.example/`)).status).toBe(400)
  expect((await agent.getJson(`${rest}?url=${wiki}/&userId=none`)).status).toBe(404)
})

test('service tokens are created on the page and over REST, and listed with their limits', async () => {
  const created = await agent.postForm(`${pageUrl}/${id}/service-tokens`, {
    ...{ name: 'Backup', paths: '/api/*', methods: 'get', lifetime: 'year' },
  })
  expect((await agent.follow(created)).text).toMatch(/pst_[\w-]{43}/)
  const secrets = `${running.url}/api/oidc/clients/${id}/secrets`
  const added = await agent.postJson(secrets, { serviceToken: { name: 'CI', paths: ['/x'] } })
  expect([added.status, added.json()]).toEqual([
    201,
    expect.objectContaining({ secret: expect.stringMatching(/^pst_/) }),
  ])
  const listed = (await agent.getJson(secrets)).json() as readonly { serviceToken: object | null }[]
  expect(listed.flatMap(({ serviceToken }) => serviceToken ?? [])).toEqual([
    { name: 'Backup', paths: ['/api/*'], methods: ['GET'] },
    { name: 'CI', paths: ['/x'], methods: [] },
  ])
  expect((await agent.postJson(secrets, { serviceToken: { name: 'CI', paths: ['x'] } })).status).toBe(400)
})

test('the host of a site gets no page of the server, and probes answer at any host', async () => {
  const proxied = new UserAgent({ resolve: { [wiki]: running.local } })
  for (const path of ['/login', '/settings/account', '/api/oidc/clients', '/']) {
    const { status, headers } = await proxied.get(wiki + path)
    expect([path, status, headers.get('strict-transport-security')]).toEqual([path, 404, null])
  }
  expect((await proxied.get(`${wiki}/livez`)).status).toBeLessThan(300)
  expect((await proxied.get(`${wiki}/.pocket/start?to=/x`)).location).toMatch(`${running.url}/authorize?`)
})

test('the log contains the reason why a proxy request is rejected', async () => {
  const headers = {
    'x-forwarded-host': 'unknown.example.org',
    'x-forwarded-proto': 'https',
    'x-forwarded-method': 'GET',
  }
  const requestAccess = (path: string) =>
    fetch(`${running.local}/api/authz/forward-auth`, { headers: { ...headers, 'x-forwarded-uri': path } })
  expect([(await requestAccess('/')).status, (await requestAccess('')).status]).toEqual([403, 403])
  const refusalCodes = () => running.log.flatMap((line) => /"status":403,"errorCode":"(\w+)"/.exec(line)?.[1] ?? [])
  await eventually(() => expect(refusalCodes()).toEqual(['unknown_host', 'missing_headers']))
})

test('the pages at the host of a site are in a language of the browser', async () => {
  const files = (await readdir(locales)).filter((name) => name.endsWith('.json'))
  expect(files).toHaveLength(18)
  const catalogs = await loadCatalogs(fileURLToPath(locales))
  for (const file of files) {
    const language = file.replace('.json', '')
    const messages = catalogs.inPreferredLanguage([language])
    const { headers } = await fetchFromSite('/.pocket/start?to=/page', language)
    const turn = headers.get('set-cookie')?.split(';')[0] ?? ''
    const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? ''
    const query = new URLSearchParams({ state, iss: running.url, error: 'access_denied' })
    const page = await fetchFromSite(`/.pocket/callback?${query}`, `${language}, en;q=0.1`, turn)
    const text = await page.text()
    expect([page.status, text]).toEqual([403, expect.stringContaining(messages.text('siteMessages.canceled.title'))])
    expect(text).toContain(messages.text('siteMessages.canceled.text'))
    expect(text).toContain(`>${messages.text('siteMessages.retry')}</a>`)
    expect(text).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
  }
})

function fetchFromSite(path: string, language: string, cookie = '') {
  return fetch(running.local + path, {
    redirect: 'manual',
    headers: {
      ...{ 'x-forwarded-host': 'wiki.example.org', 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' },
      ...{ 'accept-language': language, cookie },
    },
  })
}
