import {
  absoluteUrl,
  argument,
  callable,
  invalidArgument,
  isObject,
  nullable,
  object,
  optional,
  optionsOf,
  record,
  text,
} from '../arguments.ts'
import { type Clock, systemClock } from '../clock.ts'
import { type Cookie, CookieJar, isTrustworthy } from './cookie-jar.ts'
import { exchange, fetchThrough, type Resolve } from './http-exchange.ts'
import { type PageForm, type RequestTrace, UserAgentResponse } from './user-agent-response.ts'

/** The options of a user agent. */
export interface UserAgentOptions {
  /** Origins that are reached at another origin, as if behind a reverse proxy. */
  readonly resolve?: Resolve | undefined
  /** Determines when cookies expire. */
  readonly clock?: Clock | undefined
  /** Sent with every request, such as `Accept-Language` or `User-Agent`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The options of one request. */
export interface RequestOptions {
  /** Headers that add to or replace the default headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The URL of the page that causes the request, which determines `Sec-Fetch-Site` and `Origin`. `null`: the user typed the
   * URL. Default: `null` for `get`, otherwise a page of the same origin.
   */
  readonly from?: string | null | undefined
}

/** Which redirects are followed. */
export interface FollowOptions {
  /** Stops before the first URL for which this returns true. Default: never. */
  readonly until?: ((url: string) => boolean) | undefined
}

const maxChainLength = 20
const headers = optional(record('headers', text('each of headers')))
const agentOptions = optionsOf('UserAgent', {
  resolve: optional(record('resolve', text('each of resolve'))),
  clock: optional(object('clock', { now: callable('now') })),
  headers,
})
const requestOptions = optionsOf('a request', { headers, from: optional(nullable(absoluteUrl('from'))) })
const followOptions = optionsOf('follow', { until: optional(callable('until')) })
const json = argument('body', 'must be JSON', (body) => !['bigint', 'function', 'symbol'].includes(typeof body))
const jsonRequest = optionsOf('sendJson', { body: json, options: optional(requestOptions) }, 'request')
const pageForm = object('form', { action: text('action'), fields: object('fields') })
const followed = object('response', { trace: argument('trace', 'is missing: await the response', isObject) })

/**
 * Emulates a browser for flows: sends requests with the headers of navigations and scripts, stores cookies by the browser's
 * rules, runs no scripts. It ignores `SameSite`. Only `follow` and `followTo` follow redirects.
 *
 * `Sec-Fetch-Site` uses no public suffix list: one host on different ports is `same-site`, two hosts are `cross-site`.
 *
 * @example
 * ```ts
 * const agent = new UserAgent()
 * const page = await agent.follow(await agent.get(url))
 * ```
 */
export class UserAgent {
  readonly #jar: CookieJar
  readonly #resolve: Resolve
  readonly #headers: Readonly<Record<string, string>>

  constructor(options: UserAgentOptions = {}) {
    agentOptions(options)
    const { resolve = {}, clock = systemClock, headers = {} } = options
    this.#jar = new CookieJar(clock)
    this.#resolve = resolve
    this.#headers = lowerCaseNames({ 'user-agent': 'Mozilla/5.0 (compatible; PocketUserAgent)', ...headers })
  }

  /** All stored cookies, oldest first. */
  cookies(): readonly Cookie[] {
    return this.#jar.all()
  }

  /** Ends the browser session and deletes session cookies. */
  restart(): void {
    this.#jar.clear('session')
  }

  /** Deletes all cookies. */
  clearCookies(): void {
    this.#jar.clear()
  }

  /** A `fetch` with the same origin mapping as this agent, without its cookies; see `fetchThrough`. */
  get fetch(): typeof fetch {
    return fetchThrough(this.#resolve)
  }

  /** Opens a page. */
  get(url: string, options: RequestOptions = {}): Promise<UserAgentResponse> {
    return this.#send(createTrace({ method: 'GET', url, mode: 'navigate', options }))
  }

  /** Sends a GET request as a page's script does. */
  getJson(url: string, options: RequestOptions = {}): Promise<UserAgentResponse> {
    return this.sendJson('GET', url, { options })
  }

  /** Posts `body` as JSON as a page's script does. */
  postJson(url: string, body: unknown, options: RequestOptions = {}): Promise<UserAgentResponse> {
    return this.sendJson('POST', url, { body, options })
  }

  /** Sends any method as a page's script does, with an optional JSON body. */
  sendJson(
    method: string,
    url: string,
    request: { readonly body?: unknown; readonly options?: RequestOptions } = {},
  ): Promise<UserAgentResponse> {
    text('method')(method)
    jsonRequest(request)
    const { body, options = {} } = request
    const content = body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) }
    return this.#send(createTrace({ method, url, mode: 'cors', content, options }))
  }

  /** Submits a form as a navigation. Pass pairs if a field occurs more than once. */
  postForm(
    url: string,
    fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
    options: RequestOptions = {},
  ): Promise<UserAgentResponse> {
    if (!isObject(fields) && (!Array.isArray(fields) || fields.some((pair) => !Array.isArray(pair))))
      throw invalidArgument('fields', 'must be an object or pairs')
    const content = { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(toPairs(fields)).toString() }
    return this.#send(createTrace({ method: 'POST', url, mode: 'navigate', content, options }))
  }

  /** Submits a form with text files as a navigation (`multipart/form-data`, RFC 7578). */
  async postMultipart(url: string, form: FormData, options: RequestOptions = {}): Promise<UserAgentResponse> {
    if (!(form instanceof FormData)) throw invalidArgument('form', 'must be a FormData')
    const encoded = new Response(form)
    const content = { type: encoded.headers.get('content-type') ?? '', text: await encoded.text() }
    return this.#send(createTrace({ method: 'POST', url, mode: 'navigate', content, options }))
  }

  /** Submits `form` of `page`; `fields` add to or replace its own fields, including the pressed button. */
  submit(
    page: UserAgentResponse,
    form: PageForm,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<UserAgentResponse> {
    pageForm(form)
    const all = { ...form.fields, ...fields }
    if (form.method === 'post') return this.postForm(form.action, all, { from: page.url })
    const url = new URL(form.action)
    url.search = new URLSearchParams(all).toString()
    return this.get(url.href, { from: page.url })
  }

  /**
   * Follows redirects and returns the final response, or the redirect whose `location` satisfies `until`. After 301, 302 and
   * 303 a POST becomes a GET. Throws after 20 redirects.
   */
  async follow(response: UserAgentResponse, options: FollowOptions = {}): Promise<UserAgentResponse> {
    followed(response)
    followOptions(options)
    const { until = () => false } = options
    let current = response
    for (let hops = 0; hops <= maxChainLength; hops += 1) {
      const { location } = current
      if (location === null || until(location)) return current
      if (hops < maxChainLength) current = await this.#send(redirectRequest(current, location))
    }
    throw new Error(`More than ${maxChainLength} redirects: ${current.trace.urls.join(' -> ')}`)
  }

  /**
   * Follows redirects to a URL that satisfies `until` and returns that URL without requesting it. Throws if they end
   * elsewhere.
   */
  async followTo(response: UserAgentResponse, until: (url: string) => boolean): Promise<string> {
    callable('until')(until)
    const last = await this.follow(response, { until })
    if (last.location !== null) return last.location
    const redirectChain = last.trace.urls.join(' -> ')
    throw new Error(
      `The redirects ended with ${last.status} at ${redirectChain}. It begins: ${last.text.slice(0, 500)}`,
    )
  }

  async #send(request: RequestTrace): Promise<UserAgentResponse> {
    const url = new URL(request.urls.at(-1) ?? '')
    const cookie = this.#jar.header(url)
    const headers = {
      ...this.#headers,
      ...fetchMetadata(request, url),
      ...(cookie === null ? {} : { cookie }),
      ...request.headers,
    }
    const response = await exchange({ url, method: request.method, headers, body: request.body }, this.#resolve)
    for (const setCookie of response.headers.getSetCookie()) this.#jar.store(setCookie, url)
    return new UserAgentResponse(response, request)
  }
}

interface NewRequest {
  readonly method: string
  readonly url: string
  readonly mode: 'navigate' | 'cors'
  readonly content?: { readonly type: string; readonly text: string } | undefined
  readonly options: RequestOptions
}

function createTrace({ method, url, mode, content, options }: NewRequest): RequestTrace {
  const target = URL.parse(url)
  if (target === null) throw invalidArgument('url', 'must be an absolute URL')
  requestOptions(options)
  const defaultFrom = method === 'GET' && mode === 'navigate' ? null : target.origin
  return {
    method,
    body: content === undefined ? undefined : Buffer.from(content.text, 'utf8'),
    headers: {
      accept: mode === 'navigate' ? 'text/html,application/xhtml+xml,*/*;q=0.8' : 'application/json',
      ...(content === undefined ? {} : { 'content-type': content.type }),
      ...lowerCaseNames(options.headers ?? {}),
    },
    from: options.from === undefined ? defaultFrom : options.from,
    mode,
    urls: [target.href],
  }
}

function redirectRequest({ status, trace: request }: UserAgentResponse, location: string): RequestTrace {
  const urls = [...request.urls, location]
  const changesToGet = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST'
  if (!changesToGet) return { ...request, urls }
  const { 'content-type': _, ...headers } = request.headers
  return { ...request, method: 'GET', body: undefined, headers, urls }
}

/** Fetch Metadata §2 and the Origin header of Fetch §3.1. */
function fetchMetadata({ method, from, mode, urls }: RequestTrace, url: URL): Record<string, string> {
  const site = from === null ? 'none' : fetchSite(from, urls)
  const metadata: Record<string, string> = isTrustworthy(url)
    ? { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': mode === 'navigate' ? 'document' : 'empty' }
    : {}
  if (mode === 'navigate' && isTrustworthy(url)) metadata['sec-fetch-user'] = '?1'
  const safe = method === 'GET' || method === 'HEAD'
  if (from === null || (safe && (mode === 'navigate' || site === 'same-origin'))) return metadata
  return { ...metadata, origin: isTainted(from, urls) ? 'null' : new URL(from).origin }
}

function fetchSite(from: string, urls: readonly string[]): 'same-origin' | 'same-site' | 'cross-site' {
  const source = new URL(from)
  const targets = urls.map((url) => new URL(url))
  if (targets.every(({ origin }) => origin === source.origin)) return 'same-origin'
  const sameSite = targets.every(
    ({ protocol, hostname }) => protocol === source.protocol && hostname === source.hostname,
  )
  return sameSite ? 'same-site' : 'cross-site'
}

// Fetch §2.2.5: after a redirect away from a foreign origin, the request no longer names its origin.
function isTainted(from: string, urls: readonly string[]): boolean {
  const origins = urls.map((url) => new URL(url).origin)
  const ownOrigin = new URL(from).origin
  return origins.some((origin, hop) => hop > 0 && origin !== origins[hop - 1] && origins[hop - 1] !== ownOrigin)
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function toPairs(fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[]): string[][] {
  const pairs: Iterable<readonly [string, string]> = Symbol.iterator in fields ? fields : Object.entries(fields)
  return [...pairs].map((pair) => [...pair])
}
