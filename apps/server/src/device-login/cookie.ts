import { bearerCookie } from '@pocket/core/internal'
import type { Context } from 'koa'

/** The lifetime in Pocket ID's API; the request itself expires earlier. */
const maxAge = 900

/** Cookie of the waiting browser, limited to one path so that two tabs do not interfere. */
export function waitingCookie(issuer: string, path: string) {
  const cookie = bearerCookie({ name: 'device_login_token', secure: issuer.startsWith('https:'), path, maxAge })
  return {
    read: ({ req, res }: Context) => cookie.read(req, res),
    give: ({ req, res }: Context, token: string) => cookie.set(req, res, token),
  }
}
