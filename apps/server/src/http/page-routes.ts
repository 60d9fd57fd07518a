import type Router from '@koa/router'
import type { LimitName, RateLimiter } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { AccessRow } from '../access/access-row.ts'
import { accessTo } from '../access/access-table.ts'
import { rateLimited } from './limits.ts'

export type PageHandler = (ctx: Context) => Promise<void>

/** Receives the user that the access row requires. */
export type UserPageHandler = (ctx: Context, user: User) => Promise<void>

/** A page or form endpoint. The access table states its permissions. */
export interface PageRoute {
  readonly method: 'get' | 'post'
  /** Parameters are written as `:name`. */
  readonly path: `/${string}`
  /** The rate limit per IP address. */
  readonly limit?: LimitName
  /** Selects the requests that count towards the limit; by default all. */
  readonly counts?: (ctx: Context) => boolean
  readonly handle: UserPageHandler
}

type LimitOptions = Pick<PageRoute, 'limit' | 'counts'>

const routeFor =
  (method: PageRoute['method']) =>
  (path: PageRoute['path'], handle: UserPageHandler, limits: LimitOptions = {}): PageRoute => ({
    method,
    path,
    handle,
    ...limits,
  })

/** Defines a page or a form endpoint: `route.get('/login', show)`. */
export const route = { get: routeFor('get'), post: routeFor('post') }

export interface PageRouteDeps {
  readonly limits: RateLimiter
  /** Runs a handler only for requests that meet its access row. */
  readonly guarded: (row: AccessRow, handler: UserPageHandler) => PageHandler
}

export function addPages(router: Router, { limits, guarded }: PageRouteDeps, pages: readonly PageRoute[]): void {
  for (const { method, path, limit, counts, handle } of pages) {
    const row = accessTo({ method, path })
    if (row.caller === 'anyone' && handle.length > 1)
      throw new Error(`${method.toUpperCase()} ${path} is open to anyone, but its handler needs a user.`)
    const handler = guarded(row, handle)
    if (limit === undefined) router[method](path, handler)
    else router[method](path, rateLimited(limits, limit, counts), handler)
  }
}
