import { bearerCookie } from '@pocket/core'
import type { Context } from 'koa'

/** As long as the contract says; the request itself ends earlier. */
const maxAge = 900

/** The cookie of the browser that waits, for one address alone, so that two tabs do not disturb each other. */
export function waitingCookie(issuer: string, path: string) {
  const cookie = bearerCookie({ name: 'device_login_token', secure: issuer.startsWith('https:'), path, maxAge })
  return {
    read: ({ req, res }: Context) => cookie.read(req, res),
    give: ({ req, res }: Context, token: string) => cookie.give(req, res, token),
  }
}
