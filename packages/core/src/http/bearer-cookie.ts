import type { IncomingMessage, ServerResponse } from 'node:http'
import Cookies from 'cookies'

/** A cookie that stores a token in this browser, with a lifetime and a path. */
export interface BearerCookie {
  read(req: IncomingMessage, res: ServerResponse): string | undefined
  set(req: IncomingMessage, res: ServerResponse, token: string): void
}

export interface BearerCookieOptions {
  /** The cookie name without the `__Secure-` prefix. */
  readonly name: string
  readonly secure: boolean
  readonly path: string
  /** Seconds. */
  readonly maxAge: number
}

/** Creates a cookie that stores a token in this browser (RFC 6265 §4.1). */
export function bearerCookie({ name, secure, path, maxAge }: BearerCookieOptions): BearerCookie {
  const fullName = secure ? `__Secure-${name}` : name
  return {
    read: (req, res) => new Cookies(req, res, { secure }).get(fullName),
    set(req, res, token) {
      const options = { httpOnly: true, sameSite: 'lax', secure, path, maxAge: maxAge * 1000, overwrite: true } as const
      new Cookies(req, res, { secure }).set(fullName, token, options)
    },
  }
}
