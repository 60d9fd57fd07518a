import type { IncomingMessage, ServerResponse } from 'node:http'
import Cookies from 'cookies'
import { sha256 } from '../hash.ts'
import { readCookie } from '../http/read-cookie.ts'
import { randomToken } from '../random.ts'

/** The cookie of the session at a protected site; the proxy removes it from requests to the application. */
const siteCookie = '__Host-pocket-site'
const signInPrefix = '__Host-pocket-sign-in-'
/** Marks the cookie of a sign-in whose page was requested with a form. */
const postedSuffix = '.posted'
const returnsCookie = '__Host-pocket-returns'

/** Seconds. */
const signInLifetime = 600
const returnsLifetime = 30
/** Concurrent sign-ins of a browser, such as in several tabs. */
const maxSignIns = 16

/** A sign-in that a browser has started at a protected site. */
export interface SiteSignIn {
  /** The code verifier (RFC 7636 §4.1). */
  readonly verifier: string
  readonly to: string
  /** Whether the page was requested with a form, whose content is lost. */
  readonly isPosted: boolean
}

const cookieOptions = { httpOnly: true, secure: true, sameSite: 'lax', path: '/', overwrite: true } as const

/** A `Cookie` header without the cookies of the sign-in, for the application. */
export function withoutSiteCookies(header: string): string {
  return header
    .split(/; */)
    .filter((pair) => ![siteCookie, signInPrefix, returnsCookie].some((name) => pair.startsWith(name)))
    .join('; ')
}

/** The path and query in a state parameter, which anyone can have written. */
export function targetOf(state: string): string {
  return Buffer.from(state.split('.')[3] ?? '', 'base64url').toString()
}

export class SiteCookies {
  readonly #cookies: Cookies
  readonly #header: string

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.#cookies = new Cookies(req, res, { secure: true })
    this.#header = req.headers.cookie ?? ''
  }

  get reference(): string | undefined {
    return this.#cookies.get(siteCookie)
  }

  setReference(reference: string): void {
    this.#cookies.set(siteCookie, reference, { ...cookieOptions, maxAge: 30 * 86_400_000 })
  }

  /**
   * Stores a pending sign-in in its own cookie and returns its state parameter (RFC 6749 §10.12), which contains the return path:
   * proxies reject every request of a browser whose cookies are too long.
   */
  startSignIn({ verifier, to, isPosted }: SiteSignIn, attempt: number): string {
    const names = this.#header
      .split(/;\s*/)
      .flatMap((pair) => (pair.startsWith(signInPrefix) ? (pair.split('=')[0] ?? []) : []))
    for (const name of names.slice(0, Math.max(0, names.length + 1 - maxSignIns))) this.#remove(name)
    const id = randomToken(6)
    const value = verifier + (isPosted ? postedSuffix : '')
    const target = Buffer.from(to).toString('base64url')
    this.#cookies.set(signInPrefix + id, value, { ...cookieOptions, maxAge: signInLifetime * 1000 })
    return `${attempt}.${id}.${sha256(`${value}.${target}`)}.${target}`
  }

  /** Ends the sign-in of a state parameter; `undefined` if this browser has not started it. */
  finishSignIn(state: string): SiteSignIn | undefined {
    const [, id, hash, target] = /^\d\.([\w-]{8})\.([\w-]{43})\.([\w-]+)$/.exec(state) ?? []
    const value = id === undefined ? undefined : readCookie(this.#header, signInPrefix + id)
    if (id === undefined || value === undefined || sha256(`${value}.${target}`) !== hash) return undefined
    this.#remove(signInPrefix + id)
    const isPosted = value.endsWith(postedSuffix)
    return { verifier: value.replace(postedSuffix, ''), to: targetOf(state), isPosted }
  }

  /**
   * Counts how often the browser was sent back to the same page within half a minute, and came back without its cookie. A tab whose
   * page was checked before the last return does not count: it was opened before another tab signed in.
   */
  countReturns(to: string, { checkedAt, now }: { readonly checkedAt: number; readonly now: number }): number {
    const page = sha256(to).slice(0, 16)
    const [count = '', before, returnedAt] = (this.#cookies.get(returnsCookie) ?? '').split('.')
    const returns = before === page ? Number.parseInt(count, 10) : 0
    if (returns > 0 && checkedAt < Number(returnedAt)) return returns
    const value = `${returns + 1}.${page}.${now}`
    this.#cookies.set(returnsCookie, value, { ...cookieOptions, maxAge: returnsLifetime * 1000 })
    return returns + 1
  }

  #remove(name: string): void {
    this.#cookies.set(name, null, cookieOptions)
  }
}
