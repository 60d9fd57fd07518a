import { isIP } from 'node:net'
import type { Clock } from '../clock.ts'

/** A cookie as a browser stores it. */
export interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it is sent to `domain` only and not to its subdomains. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** The attribute as received, in lower case; `null` if absent. The jar does not enforce it. */
  readonly sameSite: string | null
  /** Milliseconds since the Unix epoch; `null` for a session cookie. */
  readonly expiresAt: number | null
}

/**
 * Stores and returns cookies according to RFC 6265bis §5, except that it ignores `SameSite` and has no public suffix list.
 * Like Chromium, it treats plain http on localhost and on loopback addresses as secure.
 */
export class CookieJar {
  readonly #clock: Clock
  #cookies: readonly Cookie[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Stores the cookie of one `Set-Cookie` header, or rejects it as a browser would. */
  store(setCookie: string, url: URL): void {
    const [pair = '', ...rest] = setCookie.split(';')
    // The last attribute with a given name applies; a map that is built in order gives that result.
    const attributes = new Map(rest.map(splitPair).map(([key, content]) => [key.toLowerCase(), content]))
    const cookie = parseCookie(pair, attributes, { url, now: this.#clock.now() })
    if (!isAcceptable(cookie, attributes, url)) return
    const index = this.#cookies.findIndex((storedCookie) => isSameCookie(storedCookie, cookie))
    const previous = this.#cookies[index]
    if (previous?.secure === true && !isTrustworthy(url)) return
    if (previous === undefined) this.#cookies = [...this.#cookies, cookie]
    // A replaced cookie keeps its position: its creation time decides the order in the header.
    else this.#cookies = this.#cookies.with(index, cookie)
    this.#expire()
  }

  /** The value of the `Cookie` header for a request to `url`, or `null` if no cookie matches. */
  header(url: URL): string | null {
    this.#expire()
    const sent = this.#cookies
      .filter((cookie) => matchesUrl(cookie, url))
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
    return sent.length === 0 ? null : sent.join('; ')
  }

  /** All stored cookies, oldest first. */
  all(): readonly Cookie[] {
    this.#expire()
    return this.#cookies
  }

  /** Deletes all cookies, or only session cookies if `which` is `session`. */
  clear(scope: 'all' | 'session' = 'all'): void {
    this.#cookies = scope === 'all' ? [] : this.#cookies.filter(({ expiresAt }) => expiresAt !== null)
  }

  #expire(): void {
    const now = this.#clock.now()
    this.#cookies = this.#cookies.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  }
}

/** Whether a browser treats the origin as trustworthy (Secure Contexts §3.1, as implemented by Chromium). */
export function isTrustworthy({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  )
}

type CookieAttributes = ReadonlyMap<string, string>

function parseCookie(pair: string, attributes: CookieAttributes, { url, now }: { url: URL; now: number }): Cookie {
  const [name, value] = pair.includes('=') ? splitPair(pair) : ['', pair.trim()]
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? ''
  const path = attributes.get('path') ?? ''
  return {
    name,
    value,
    domain: domain === '' ? url.hostname : domain,
    hostOnly: domain === '',
    path: path.startsWith('/') ? path : defaultPath(url.pathname),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite')?.toLowerCase() ?? null,
    expiresAt: expirationTime(attributes, now),
  }
}

function splitPair(text: string): [string, string] {
  const separator = text.indexOf('=')
  return separator < 0 ? [text.trim(), ''] : [text.slice(0, separator).trim(), text.slice(separator + 1).trim()]
}

function defaultPath(pathname: string): string {
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/'
}

function expirationTime(attributes: CookieAttributes, now: number): number | null {
  const maxAge = attributes.get('max-age') ?? ''
  if (/^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000
  const expires = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(expires) ? null : expires
}

function isAcceptable(cookie: Cookie, attributes: CookieAttributes, url: URL): boolean {
  if (cookie.name === '' && cookie.value === '') return false
  if (!matchesDomain(url.hostname, cookie.domain)) return false
  if (cookie.secure && !isTrustworthy(url)) return false
  // A cookie without a name could contain the prefix in its value, so both are checked.
  const lowerCaseName = (cookie.name === '' ? cookie.value : cookie.name).toLowerCase()
  if (lowerCaseName.startsWith('__secure-')) return cookie.name !== '' && cookie.secure
  if (!lowerCaseName.startsWith('__host-')) return true
  return cookie.name !== '' && cookie.secure && !attributes.has('domain') && attributes.get('path') === '/'
}

function isSameCookie(a: Cookie, b: Cookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.hostOnly === b.hostOnly && a.path === b.path
}

function matchesUrl(cookie: Cookie, url: URL): boolean {
  if (cookie.secure && !isTrustworthy(url)) return false
  if (cookie.hostOnly ? url.hostname !== cookie.domain : !matchesDomain(url.hostname, cookie.domain)) return false
  return matchesPath(url.pathname, cookie.path)
}

function matchesDomain(hostname: string, domain: string): boolean {
  return hostname === domain || (isIP(hostname) === 0 && hostname.endsWith(`.${domain}`))
}

function matchesPath(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}
