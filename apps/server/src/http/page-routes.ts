import type Router from '@koa/router'
import type { Limiter, LimitName } from '@pocket/core'
import type { Context } from 'koa'
import { limited } from './limits.ts'

/** An address of a page, or of a form on it. */
export interface PageRoute {
  readonly method: 'get' | 'post'
  /** With `:name` for parameters. */
  readonly path: `/${string}`
  /** How often it can be tried from one address. */
  readonly limit?: LimitName
  readonly handle: (ctx: Context) => Promise<void>
}

/** Puts pages at their addresses. */
export function addPages(router: Router, limits: Limiter, pages: readonly PageRoute[]): void {
  for (const { method, path, limit, handle } of pages) {
    if (limit === undefined) router[method](path, handle)
    else router[method](path, limited(limits, limit), handle)
  }
}
