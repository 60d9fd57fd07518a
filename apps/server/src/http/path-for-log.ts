import type { Context } from 'koa'

/** What lets somebody in, also where it was mistyped or written in another way: what follows `/lc` or `/st`. */
const inPage = /(\/(?:(?:l|%6c)(?:c|%63)|(?:s|%73)(?:t|%74))[^/]*\/).+/i
/** The same in the REST API. */
const inOperation = /(\/one-time-access-[^/]*\/).+/i

/** The path of a request as the log may have it. */
export function pathForLog({ path }: Pick<Context, 'path'>): string {
  return path.replace(inPage, '$1[redacted]').replace(inOperation, '$1[redacted]')
}
