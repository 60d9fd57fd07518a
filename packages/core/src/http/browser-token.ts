import { type IncomingMessage, ServerResponse } from 'node:http'
import Cookies from 'cookies'
import { sha256 } from '../hash.ts'
import { randomToken } from '../random.ts'
import { readCookie } from './read-cookie.ts'

/** The token that binds a ceremony to the browser that started it. It does not authenticate anyone. */
export interface BrowserTokens {
  /** The token of this browser; sets a new one if the browser has none. */
  ensure(req: IncomingMessage, res: ServerResponse): string
  /** The token of this browser, or a value that matches no token. */
  read(req: IncomingMessage, res: ServerResponse): string
  /**
   * An identifier of this browser that does not reveal its token. A cookie with its own name keeps it, because the token of a
   * concurrent response can replace the token.
   */
  identify(req: IncomingMessage, res: ServerResponse): string
  browserIds(req: IncomingMessage): readonly string[]
}

/** A sign-out reads the sessions of each identifier, and anyone can send a header full of them. */
const maxIds = 16

export function createBrowserTokens({
  secure,
  cookieName,
}: {
  readonly secure: boolean
  readonly cookieName: (name: string) => string
}): BrowserTokens {
  const name = `${secure ? '__Host-' : ''}${cookieName('session')}`
  const idName = (id: string) => `${name}_${id.slice(0, 8)}`
  const cookieOptions = { httpOnly: true, sameSite: 'lax', secure, path: '/', overwrite: true } as const
  const readToken = (req: IncomingMessage, res: ServerResponse = new ServerResponse(req)) => {
    const value = new Cookies(req, res, { secure }).get(name)
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
  }
  const ensure = (req: IncomingMessage, res: ServerResponse) => {
    const existing = readToken(req, res)
    if (existing) return existing
    const token = randomToken()
    new Cookies(req, res, { secure }).set(name, token, cookieOptions)
    // Later reads in the same request must find the new token.
    req.headers.cookie = [req.headers.cookie, `${name}=${token}`].filter(Boolean).join('; ')
    return token
  }
  return {
    read: (req, res) => readToken(req, res) ?? randomToken(),
    ensure,
    identify(req, res) {
      const id = toId(ensure(req, res))
      if (readCookie(req.headers.cookie, idName(id)) !== id)
        new Cookies(req, res, { secure }).set(idName(id), id, cookieOptions)
      return id
    },
    browserIds(req) {
      const token = readToken(req)
      const ids = (req.headers.cookie ?? '').split(/; */).flatMap((cookie) => {
        const [cookieName = '', id = ''] = cookie.split('=')
        return id.length === 43 && cookieName === idName(id) ? [id] : []
      })
      return [...(token === undefined ? [] : [toId(token)]), ...ids.slice(-maxIds)]
    },
  }
}

function toId(token: string): string {
  return sha256(`browser:${token}`)
}
