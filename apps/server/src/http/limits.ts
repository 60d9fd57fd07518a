import type { Limiter, LimitName } from '@pocket/core'
import type { Context, Middleware } from 'koa'

/** For every endpoint that programs call; pages and assets are not counted. */
export function limitRequests(limits: Limiter): Middleware {
  return async (ctx, next) => {
    if (ctx.path.startsWith('/api/') || ctx.path.startsWith('/.well-known/') || ctx.path === '/authorize')
      await limits.take(ctx.req, 'api')
    await next()
  }
}

/** Limits the requests to an endpoint; `counts` selects the requests that count, by default all. */
export function limited(limits: Limiter, name: LimitName, counts: (ctx: Context) => boolean = () => true): Middleware {
  return async (ctx, next) => {
    if (counts(ctx)) await limits.take(ctx.req, name)
    await next()
  }
}
