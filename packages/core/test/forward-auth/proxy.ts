import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { startHttpServer } from '@pocket/test-support'
import type { AuthzEndpoint } from '../../src/forward-auth/proxy-request.ts'

/** The request that the application behind the proxy received. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface TestProxy extends AsyncDisposable {
  readonly origin: string
  /** Whether the proxy forwards cookies when it asks about a request. */
  forwardsCookies: boolean
}

const identityHeaders = ['remote-user', 'remote-groups', 'remote-email', 'remote-name', 'x-pocket-assertion']

/** A reverse proxy before an application that returns the received request. */
export async function startProxy(issuer: string, endpoint: AuthzEndpoint): Promise<TestProxy> {
  const server = await startHttpServer((req, res) => {
    answer(req, res).catch((error: unknown) => res.writeHead(502).end(String(error)))
  })
  const proxy: TestProxy = {
    origin: server.url,
    forwardsCookies: true,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }

  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const { cookie, connection: _connection, 'content-length': _length, ...headers } = req.headers
    const { url = '/', method = 'GET' } = req
    const cookies = cookie === undefined ? {} : { cookie }
    if (url.startsWith('/.pocket/')) {
      const response = await send(issuer, { method, path: url, headers: { ...headers, ...cookies } })
      res.writeHead(response.statusCode ?? 0, response.headers).end(await buffer(response))
      return
    }
    const host = headers.host ?? ''
    const described = {
      'auth-request': { 'x-original-url': `https://${host}${url}`, 'x-original-method': method },
      'forward-auth': { 'x-forwarded-host': host, 'x-forwarded-method': method, 'x-forwarded-uri': url },
      'ext-authz': {},
    }[endpoint]
    const checked = await send(issuer, {
      method: endpoint === 'ext-authz' ? method : 'GET',
      path: `/api/authz/${endpoint}${endpoint === 'ext-authz' ? url : ''}`,
      headers: { ...headers, ...described, ...(proxy.forwardsCookies && cookies) },
    })
    const body = await buffer(checked)
    const { location } = checked.headers
    if (checked.statusCode === 401 && location !== undefined) {
      res.writeHead(302, { location }).end()
      return
    }
    if (checked.statusCode !== 200) {
      res.writeHead(checked.statusCode ?? 0, checked.headers).end(body)
      return
    }
    const identity = Object.fromEntries(identityHeaders.map((name) => [name, checked.headers[name]]))
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ method, url, headers: { ...headers, ...identity } }))
  }
  return proxy
}

function send(
  issuer: string,
  { path, ...options }: { readonly method: string; readonly path: string; readonly headers: object },
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(issuer)
  return new Promise((resolve, reject) => {
    const { method, headers } = options
    request({ hostname, port, path, method, headers: { ...headers }, agent: false }, resolve)
      .on('error', reject)
      .end()
  })
}
