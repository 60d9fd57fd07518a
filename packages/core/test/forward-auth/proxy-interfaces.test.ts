import { type RequestListener, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import type { Pocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { authzEndpoints } from '../../src/forward-auth/proxy-request.ts'
import { readReceived, rule, startSites, visit, wiki } from './sites.ts'

const wikiSite = { protectedHosts: ['wiki.example.org'], accessRules: [rule()] }

describe('the interfaces of proxies', () => {
  it.each(authzEndpoints)('signs in through %s', async (endpoint) => {
    await using sites = await startSites(memoryStores(), { endpoint })
    await sites.site(wikiSite)
    const page = await visit(sites.browser(), `${wiki}/a//b?c=%2F`, await sites.host.person('ada'))
    expect(readReceived(page)).toMatchObject({ url: '/a//b?c=%2F', headers: { 'remote-user': 'ada' } })
  })

  interface AuthorizationRequest {
    readonly url: string
    readonly method?: string
    readonly headers: Readonly<Record<string, string>>
  }

  /** Without hop-by-hop fields. States the protocol of a web socket if it trusts forwarded headers. */
  const traefikRequest = (method: string, target: string): AuthorizationRequest => ({
    url: '/api/authz/forward-auth',
    headers: {
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-host': 'wiki.example.org',
      'x-forwarded-method': method,
      'x-forwarded-port': '443',
      'x-forwarded-proto': target.startsWith('/socket') ? 'wss' : 'https',
      'x-forwarded-server': 'traefik',
      'x-forwarded-uri': target,
      'x-real-ip': '192.0.2.7',
    },
  })
  /** Envoy always sends the host, the method, the path and an empty body. */
  const envoyRequest = (method: string, target: string): AuthorizationRequest => ({
    url: `/api/authz/ext-authz${target}`,
    method,
    headers: {
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      'x-envoy-internal': 'true',
      'content-length': '0',
    },
  })
  /** The header fields that the proxies add to those of the client. */
  const documented: Readonly<Record<string, typeof traefikRequest>> = {
    Traefik: traefikRequest,
    'Traefik with preserveRequestMethod': (method, target) => ({ ...traefikRequest(method, target), method }),
    Envoy: envoyRequest,
  }

  it.each(Object.entries(documented))(
    'decides about each request of %s by its own method and target',
    async (_, requestOf) => {
      await using sites = await startSites(memoryStores())
      const openRule = (path: string, methods: readonly string[] = []) =>
        rule({ path, methods: [...methods], allow: 'everyone' })
      await sites.site({
        ...wikiSite,
        accessRules: [openRule('/notes/*', ['GET', 'POST']), openRule('/socket/*'), rule()],
      })
      const { hostname, port } = new URL(sites.host.issuer)
      const sendAuthorizationRequest = (method: string, target: string) =>
        new Promise<number | undefined>((resolve, reject) => {
          const { url, headers, ...options } = requestOf(method, target)
          request(
            { hostname, port, path: url, ...options, headers: { host: 'wiki.example.org', ...headers }, agent: false },
            (response) => {
              resolve(response.resume().statusCode)
            },
          )
            .on('error', reject)
            .end()
        })
      const requests = [
        ['GET', '/notes'],
        ['GET', '/notes/'],
        ['HEAD', '/notes/a%20b?c=%2F'],
        ['POST', '/notes/'],
        ['GET', '/socket/?token=1'],
        ['PUT', '/notes/'],
        ['GET', '/notes/..%2fadmin'],
        ['GET', '/'],
      ]
      const statuses = await Promise.all(
        requests.map(([method = '', target = '']) => sendAuthorizationRequest(method, target)),
      )
      expect(statuses).toEqual([200, 200, 200, 200, 200, 401, 403, 401])
    },
  )

  it('reads no sites for requests to the issuer', async () => {
    await using sites = await startSites(memoryStores())
    const { clients } = sites.host.stores
    const protectedSites = clients.protectedSites.bind(clients)
    let reads = 0
    clients.protectedSites = () => {
      reads += 1
      return protectedSites()
    }
    const get = (headers: Readonly<Record<string, string>>) => fetch(`${sites.host.issuer}/authorize`, { headers })
    await get({})
    await get({ 'x-forwarded-host': new URL(sites.host.issuer).host })
    expect(reads).toBe(0)
    await get({ 'x-forwarded-host': 'other.example.org' })
    expect(reads).toBe(1)
  })

  it('rejects a proxy that is not trusted', async () => {
    await using sites = await startSites(memoryStores(), { options: { trustProxy: () => false } })
    await sites.site({ ...wikiSite, accessRules: [rule({ allow: 'everyone' })] })
    const response = await sites.browser().get(`${wiki}/`)
    expect([response.status, (response.json() as { error_description: string }).error_description]).toEqual([
      403,
      'The proxy is not trusted; set TRUST_PROXY to its IP address.',
    ])
  })
})

/** A server of web-standard requests. */
function mountFetch(pocket: Pocket): RequestListener {
  return async (req, res) => {
    const { host = '', ...headers } = req.headers
    // Node joins all headers but `Set-Cookie`, which requests do not have.
    const request = new Request(`http://${host}${req.url}`, {
      headers: headers as Record<string, string>,
      method: req.method ?? 'GET',
      ...(req.method === 'POST' && { body: await text(req) }),
    })
    const response = await pocket.fetch(request, { forwardAuth: true, next: () => new Response('the host') })
    for (const [name, value] of response.headers) res.appendHeader(name, value)
    res.writeHead(response.status).end(Buffer.from(await response.arrayBuffer()))
  }
}

it.each<[string, (pocket: Pocket) => RequestListener]>([
  ['callback', (pocket) => pocket.callback({ forwardAuth: true })],
  ['fetch', mountFetch],
])('protects a site through pocket.%s', async (name, mount) => {
  await using sites = await startSites(memoryStores(), { mount })
  await sites.site(wikiSite)
  const person = await sites.host.person('ada')
  const agent = sites.browser()
  const page = readReceived(await visit(agent, `${wiki}/page?n=1`, person))
  expect([page.url, page.headers['remote-user']]).toEqual(['/page?n=1', 'ada'])
  expect((await fetch(`${sites.host.issuer}/other`)).status).toBe(name === 'fetch' ? 200 : 404)
})
