import { type IncomingMessage, ServerResponse } from 'node:http'
import Cookies from 'cookies'
import { sha256 } from '../hash.ts'
import { randomToken } from '../random.ts'

/** The token that binds a ceremony to the browser that began it. It proves nothing else and signs nobody in. */
export interface BrowserTokens {
  /** This browser's token; a new one is given to a browser that has none. */
  ensure(req: IncomingMessage, res: ServerResponse): string
  /** This browser's token, or one that matches nothing. */
  read(req: IncomingMessage, res: ServerResponse): string
  /** A name of this browser, from which its token cannot be told; `undefined` if it has none. */
  nameOf(req: IncomingMessage): string | undefined
}

export function createBrowserTokens(secure: boolean, suffix: string): BrowserTokens {
  const name = `${secure ? '__Host-' : ''}session${suffix}`
  const known = (req: IncomingMessage, res: ServerResponse = new ServerResponse(req)) => {
    const value = new Cookies(req, res, { secure }).get(name)
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
  }
  return {
    read: (req, res) => known(req, res) ?? randomToken(),
    nameOf(req) {
      const token = known(req)
      return token === undefined ? undefined : sha256(`browser:${token}`)
    },
    ensure(req, res) {
      const present = known(req, res)
      if (present) return present
      const token = randomToken()
      new Cookies(req, res, { secure }).set(name, token, {
        httpOnly: true,
        sameSite: 'lax',
        secure,
        path: '/',
        overwrite: true,
      })
      // A second look within this request finds the token that was just given.
      req.headers.cookie = [req.headers.cookie, `${name}=${token}`].filter(Boolean).join('; ')
      return token
    },
  }
}
