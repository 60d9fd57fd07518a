import type Router from '@koa/router'
import type { Limiter, LimitName } from '@pocket/core'
import type { Context } from 'koa'
import type { AccessRow } from '../access/access-row.ts'
import { accessTo } from '../access/access-table.ts'
import { limited } from './limits.ts'

/** A page's handler. */
export type Act = (ctx: Context) => Promise<void>

/** An address of a page, or of a form on it. Who may use it is in the access table. */
export interface PageRoute {
  readonly method: 'get' | 'post'
  /** With `:name` for parameters. */
  readonly path: `/${string}`
  /** How often it can be tried from one address. */
  readonly limit?: LimitName
  /** Which requests count for the limit; by default all. */
  readonly counts?: (ctx: Context) => boolean
  readonly handle: Act
}

export interface PageRoutePorts {
  readonly limits: Limiter
  /** Lets a handler see only those requests that its row admits. */
  readonly guarded: (row: AccessRow, act: Act) => Act
}

/** Puts pages at their addresses. */
export function addPages(router: Router, { limits, guarded }: PageRoutePorts, pages: readonly PageRoute[]): void {
  for (const { method, path, limit, counts, handle } of pages) {
    const act = guarded(accessTo({ method, path }), handle)
    if (limit === undefined) router[method](path, act)
    else router[method](path, limited(limits, limit, counts), act)
  }
}
