import type { IncomingMessage } from 'node:http'
import { canonicalHost } from '../clients/protected-site.ts'
import type { TrustProxy } from '../http/request-context.ts'
import type { SiteRequest } from './decide.ts'

/** The interfaces of proxies: nginx, Caddy and Traefik, and the HTTP service of Envoy. */
export const authzEndpoints = ['auth-request', 'forward-auth', 'ext-authz'] as const
export type AuthzEndpoint = (typeof authzEndpoints)[number]

/** A request to a protected site with the data for its response. */
export interface ProxyRequest extends SiteRequest {
  /** The path with the query. */
  readonly target: string
  /** Whether a browser loads a page, so that it can be redirected. */
  readonly isNavigation: boolean
  /** Why the request must be rejected, although its site is known. */
  readonly problem: 'repeated_headers' | 'insecure' | null
}

/** Why the proxy's description of a request cannot be used; `untrusted_proxy` and `missing_headers` are configuration errors. */
export type ProxyRequestProblem =
  | 'untrusted_proxy'
  | 'missing_headers'
  | 'repeated_headers'
  | 'insecure'
  | 'invalid_target'

/** Headers by which a request overrides its method in some applications. */
export const overridingHeaders = ['x-http-method-override', 'x-http-method', 'x-method-override']
/** Headers by which a request overrides its path in some applications; the proxy removes them. */
export const overridingPathHeaders = ['X-Original-URL', 'X-Rewrite-URL']
/** The headers in which a proxy describes the request that it asks about. */
const descriptions: Readonly<Record<AuthzEndpoint, readonly string[]>> = {
  'auth-request': ['x-original-url', 'x-original-method'],
  'forward-auth': ['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-method', 'x-forwarded-uri'],
  'ext-authz': ['x-forwarded-proto', 'host'],
}
/** Headers that affect the decision; a request with a duplicate is rejected. */
const singleValueHeaders = ['authorization', 'host', ...overridingHeaders]

/** Whether the request comes from a trusted proxy. */
export function isFromProxy({ socket: { remoteAddress } }: IncomingMessage, trustProxy: TrustProxy): boolean {
  return remoteAddress !== undefined && trustProxy(remoteAddress)
}

/** The host that a browser requested, if a trusted proxy forwarded the request. */
export function forwardedHost(req: IncomingMessage): string | undefined {
  const host = req.headers['x-forwarded-host'] ?? req.headers.host
  return typeof host === 'string' ? canonicalHost(host) : undefined
}

/**
 * The request that a proxy asks about. Each interface reads only its own headers, because a proxy forwards the others as
 * they came from the client.
 *
 * @param requestTarget - the target of the proxy's own request below the endpoint
 */
export function readProxyRequest(
  req: IncomingMessage,
  endpoint: AuthzEndpoint,
  requestTarget: string,
): ProxyRequest | ProxyRequestProblem {
  const headers = readHeaders(req, [...descriptions[endpoint], ...singleValueHeaders])
  const described = describe(req, headers, endpoint, requestTarget)
  if (typeof described === 'string') return described
  const { protocol, method, target } = described
  const host = canonicalHost(described.host)
  // The target of CONNECT is a host and a port, to which a proxy may nevertheless add a path.
  const isMethod = /^(?!connect$)[a-z][\w-]{0,31}$/i.test(method)
  if (host === undefined || !isMethod || !target.startsWith('/')) return 'invalid_target'
  const isRepeated = singleValueHeaders.some((name) => (headers.get(name) ?? []).length > 1)
  // Traefik names the protocol of a web socket if it trusts the headers of a proxy before it.
  const isSecure = /^(?:https|wss)$/i.test(protocol)
  const [path = '', query = ''] = splitTarget(target)
  const overridingMethods = [
    ...overridingHeaders.flatMap((name) => headers.get(name)?.[0]?.trim().toUpperCase() || []),
    ...methodsInQuery(query),
  ]
  return {
    host,
    // A method in lower case is another method (RFC 9110 §9.1), which some applications treat as the same.
    method: method.toUpperCase(),
    path,
    target,
    overridingMethods: method === method.toUpperCase() ? overridingMethods : [...overridingMethods, '?'],
    isNavigation: isNavigation(req, method),
    problem: isRepeated ? 'repeated_headers' : isSecure ? null : 'insecure',
  }
}

/**
 * The methods by which a query overrides that of its request in some applications. PHP reads several characters as `_`, and ends a
 * name at a null character; other frameworks also separate parameters by semicolons.
 */
export function methodsInQuery(query: string): readonly string[] {
  return [...new URLSearchParams(query.replaceAll(';', '&'))].flatMap(([name, value]) =>
    /^ *[_ .[]method(?:\0.*)?$/is.test(name) ? value.trim().toUpperCase() || [] : [],
  )
}

interface Description {
  readonly protocol: string
  readonly host: string
  readonly method: string
  readonly target: string
}

function describe(
  req: IncomingMessage,
  headers: ReadonlyMap<string, readonly string[]>,
  endpoint: AuthzEndpoint,
  requestTarget: string,
): Description | ProxyRequestProblem {
  const values = descriptions[endpoint].map((name) => headers.get(name) ?? [])
  if (values.some((found) => found.length > 1)) return 'repeated_headers'
  if (values.some(([value = '']) => value === '')) return 'missing_headers'
  const [first = '', second = '', third = '', fourth = ''] = values.map(([value = '']) => value)
  if (endpoint === 'forward-auth') return { protocol: first, host: second, method: third, target: fourth }
  if (endpoint === 'ext-authz')
    return { protocol: first, host: second, method: req.method ?? '', target: requestTarget }
  const [, protocol = '', host = '', target = '/'] = /^(\w+):\/\/([^/?#\\@]+)(\/.*)?$/s.exec(first) ?? []
  return host === '' ? 'invalid_target' : { protocol, host, method: second, target }
}

/** Raw values by header name, because Node drops or joins duplicates. `_` and `-` are equivalent. */
function readHeaders(
  { rawHeaders }: IncomingMessage,
  names: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(names.map((name) => [name, []]))
  for (let index = 0; index < rawHeaders.length; index += 2)
    found.get(withHyphens(rawHeaders[index] ?? ''))?.push(rawHeaders[index + 1] ?? '')
  return found
}

/** Applications with CGI variables (RFC 3875 §4.1.18), such as those in PHP, read several characters as the hyphen. */
function withHyphens(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')
}

/**
 * Whether a header has a name that applications read as one of these names, although a proxy does not remove it. Proxies remove
 * names with hyphens or with underscores.
 */
export function hasOtherSpelling({ rawHeaders }: IncomingMessage, names: readonly string[]): boolean {
  const known = names.map((name) => name.toLowerCase())
  return rawHeaders.some((value, index) => {
    if (index % 2 === 1) return false
    const name = withHyphens(value)
    return known.includes(name) && ![name, name.replaceAll('-', '_')].includes(value.toLowerCase())
  })
}

function splitTarget(target: string): readonly [string, string?] {
  const start = target.indexOf('?')
  return start === -1 ? [target] : [target.slice(0, start), target.slice(start + 1)]
}

/** A script, an API client, a prefetch or a WebSocket cannot show a sign-in page. */
function isNavigation({ headers }: IncomingMessage, method: string): boolean {
  if (!['GET', 'HEAD', 'POST'].includes(method) || headers['sec-purpose'] !== undefined) return false
  if (headers['sec-fetch-mode'] !== undefined)
    return headers['sec-fetch-mode'] === 'navigate' && (headers['sec-fetch-dest'] ?? 'document') === 'document'
  const acceptsPages = /\btext\/html\b/i.test(headers.accept ?? '')
  return acceptsPages && headers['x-requested-with'] === undefined && headers.authorization === undefined
}
