import type { Context } from 'koa'

/** Addresses whose last part lets somebody in. */
const secretPaths = /^\/lc\/.+/

/** The path of a request as the log may have it. */
export function pathForLog({ path }: Pick<Context, 'path'>): string {
  return secretPaths.test(path) ? `${path.slice(0, path.indexOf('/', 1))}/[redacted]` : path
}
