import type { Context } from 'koa'

/** The part of an address that lets somebody in, also where it was mistyped or written in another way: what follows `/lc` or `/st`. */
const secret = /(\/(?:(?:l|%6c)(?:c|%63)|(?:s|%73)(?:t|%74))[^/]*\/).+/i

/** The path of a request as the log may have it. */
export function pathForLog({ path }: Pick<Context, 'path'>): string {
  return path.replace(secret, '$1[redacted]')
}
