import type { MasterKey } from '@pocket/core'
import type { Context } from 'koa'

const use = 'flash'
/** Milliseconds. */
const lifetime = 120_000
/** A browser drops a cookie that is larger than 4096 bytes, its name and attributes included. */
const byteLimit = 3500

/** What a page shows once, after the redirect that follows a post. */
export interface Flashes {
  /** Leaves something for the page at `path`. `false` where it is too large to be left. */
  leave(ctx: Context, path: string, content: object): boolean
  /** What was left for the page at `path`; it is gone afterwards. */
  take(ctx: Context, path: string): Readonly<Record<string, unknown>>
}

/** Carried by the browser itself, encrypted and for one page: a secret that is shown once is stored nowhere, and no link can make a page say something. */
export function createFlashes(masterKey: MasterKey, secure: boolean): Flashes {
  const name = secure ? '__Secure-flash' : 'flash'
  const options = (path: string) =>
    ({ path, httpOnly: true, sameSite: 'strict', secure, overwrite: true, signed: false }) as const
  return {
    leave(ctx, path, content) {
      const value = masterKey.encrypt(use, JSON.stringify({ ...content, path }))
      if (value.length > byteLimit) return false
      ctx.cookies.set(name, value, { ...options(path), maxAge: lifetime })
      return true
    },

    take(ctx, path) {
      const value = ctx.cookies.get(name, { signed: false })
      if (value === undefined) return {}
      ctx.cookies.set(name, null, options(path))
      const content = decrypted(masterKey, value)
      return content.path === path ? content : {}
    },
  }
}

function decrypted(masterKey: MasterKey, value: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(masterKey.decrypt(use, value))
  } catch {
    // A cookie that we did not make says nothing; the page is complete without it.
    return {}
  }
}
