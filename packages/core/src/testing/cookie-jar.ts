import { isIP } from 'node:net'
import type { Clock } from '../clock.ts'

/** A cookie as a browser keeps it. */
export interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it goes to `domain` alone and not to the hosts below it. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** As it was sent, in lower case; `null` where it was absent. The jar does not act upon it. */
  readonly sameSite: string | null
  /** Milliseconds since the Unix epoch; `null` for a cookie that ends with the browser. */
  readonly expiresAt: number | null
}

/**
 * Keeps and returns cookies as RFC 6265bis §5 says, except that `SameSite` is ignored and no list of public suffixes
 * is known. Like Chromium it takes plain http on localhost and on a loopback address for a secure channel.
 */
export class CookieJar {
  readonly #clock: Clock
  #cookies: readonly Cookie[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps the cookie of one `Set-Cookie` header, or drops it where a browser would. */
  store(setCookie: string, url: URL): void {
    const [pair = '', ...rest] = setCookie.split(';')
    // The last attribute of a name counts, which is what a map built in order gives.
    const attributes = new Map(rest.map(halves).map(([key, content]) => [key.toLowerCase(), content]))
    const cookie = cookieOf(pair, attributes, { url, now: this.#clock.now() })
    if (!acceptable(cookie, attributes, url)) return
    const index = this.#cookies.findIndex((kept) => sameCookie(kept, cookie))
    const previous = this.#cookies[index]
    if (previous?.secure === true && !isTrustworthy(url)) return
    if (previous === undefined) this.#cookies = [...this.#cookies, cookie]
    // In place: a cookie that is set anew keeps its age, which decides the order in the header.
    else this.#cookies = this.#cookies.with(index, cookie)
    this.#expire()
  }

  /** The value of the `Cookie` header for a request to `url`, or `null` where there is none to send. */
  header(url: URL): string | null {
    this.#expire()
    const sent = this.#cookies
      .filter((cookie) => isFor(cookie, url))
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
    return sent.length === 0 ? null : sent.join('; ')
  }

  /** Everything that is kept, oldest first. */
  all(): readonly Cookie[] {
    this.#expire()
    return this.#cookies
  }

  /** Forgets everything, or what ends with the browser where `which` is `session`. */
  clear(which: 'all' | 'session' = 'all'): void {
    this.#cookies = which === 'all' ? [] : this.#cookies.filter(({ expiresAt }) => expiresAt !== null)
  }

  #expire(): void {
    const now = this.#clock.now()
    this.#cookies = this.#cookies.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  }
}

/** Whether a browser takes the address for a secure channel (Secure Contexts §3.1, as Chromium does it). */
export function isTrustworthy({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  )
}

type Attributes = ReadonlyMap<string, string>

function cookieOf(pair: string, attributes: Attributes, { url, now }: { url: URL; now: number }): Cookie {
  const [name, value] = pair.includes('=') ? halves(pair) : ['', pair.trim()]
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
    expiresAt: expiry(attributes, now),
  }
}

function halves(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function defaultPath(pathname: string): string {
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/'
}

function expiry(attributes: Attributes, now: number): number | null {
  const maxAge = attributes.get('max-age') ?? ''
  if (/^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000
  const expires = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(expires) ? null : expires
}

function acceptable(cookie: Cookie, attributes: Attributes, url: URL): boolean {
  if (cookie.name === '' && cookie.value === '') return false
  if (!domainMatches(url.hostname, cookie.domain)) return false
  if (cookie.secure && !isTrustworthy(url)) return false
  // A cookie without a name could spell the prefix in its value, so both are looked at.
  const spelled = (cookie.name === '' ? cookie.value : cookie.name).toLowerCase()
  if (spelled.startsWith('__secure-')) return cookie.name !== '' && cookie.secure
  if (!spelled.startsWith('__host-')) return true
  return cookie.name !== '' && cookie.secure && !attributes.has('domain') && attributes.get('path') === '/'
}

function sameCookie(a: Cookie, b: Cookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.hostOnly === b.hostOnly && a.path === b.path
}

function isFor(cookie: Cookie, url: URL): boolean {
  if (cookie.secure && !isTrustworthy(url)) return false
  if (cookie.hostOnly ? url.hostname !== cookie.domain : !domainMatches(url.hostname, cookie.domain)) return false
  return pathMatches(url.pathname, cookie.path)
}

function domainMatches(hostname: string, domain: string): boolean {
  return hostname === domain || (isIP(hostname) === 0 && hostname.endsWith(`.${domain}`))
}

function pathMatches(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}
