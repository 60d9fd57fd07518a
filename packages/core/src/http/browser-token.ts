import { type IncomingMessage, ServerResponse } from 'node:http'
import Cookies from 'cookies'
import { sha256 } from '../hash.ts'
import { randomToken } from '../random.ts'

/** The token that binds a ceremony to the browser that started it. It does not authenticate anyone. */
export interface BrowserTokens {
  /** The token of this browser; sets a new one if the browser has none. */
  ensure(req: IncomingMessage, res: ServerResponse): string
  /** The token of this browser, or a value that matches no token. */
  read(req: IncomingMessage, res: ServerResponse): string
  /** An identifier of this browser that does not reveal its token; `undefined` if it has none. */
  browserId(req: IncomingMessage): string | undefined
}

export function createBrowserTokens({
  secure,
  cookieName,
}: {
  readonly secure: boolean
  readonly cookieName: (name: string) => string
}): BrowserTokens {
  const name = `${secure ? '__Host-' : ''}${cookieName('session')}`
  const readToken = (req: IncomingMessage, res: ServerResponse = new ServerResponse(req)) => {
    const value = new Cookies(req, res, { secure }).get(name)
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
  }
  return {
    read: (req, res) => readToken(req, res) ?? randomToken(),
    browserId(req) {
      const token = readToken(req)
      return token === undefined ? undefined : sha256(`browser:${token}`)
    },
    ensure(req, res) {
      const existing = readToken(req, res)
      if (existing) return existing
      const token = randomToken()
      new Cookies(req, res, { secure }).set(name, token, {
        httpOnly: true,
        sameSite: 'lax',
        secure,
        path: '/',
        overwrite: true,
      })
      // Later reads in the same request must find the new token.
      req.headers.cookie = [req.headers.cookie, `${name}=${token}`].filter(Boolean).join('; ')
      return token
    },
  }
}
