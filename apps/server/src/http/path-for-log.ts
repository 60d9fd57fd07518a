import type { Context } from 'koa'

/** The part of an address that lets somebody in, also where it was mistyped or written in another way: what follows `/lc`. */
const loginCode = /(\/(?:l|%6c)(?:c|%63)[^/]*\/).+/i

/** The path of a request as the log may have it. */
export function pathForLog({ path }: Pick<Context, 'path'>): string {
  return path.replace(loginCode, '$1[redacted]')
}
