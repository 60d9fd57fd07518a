import type { LimitName, RateLimiter } from '@pocket/core'
import type { Context, Middleware } from 'koa'

/** For every endpoint that programs call; pages and assets are not counted. */
export function limitRequests(limits: RateLimiter): Middleware {
  return async (ctx, next) => {
    if (ctx.path.startsWith('/api/') || ctx.path.startsWith('/.well-known/') || ctx.path === '/authorize')
      await limits.consume(ctx.req, 'api')
    await next()
  }
}

/** Limits the requests to an endpoint; `counts` selects the requests that count, by default all. */
export function rateLimited(
  limits: RateLimiter,
  name: LimitName,
  counts: (ctx: Context) => boolean = () => true,
): Middleware {
  return async (ctx, next) => {
    if (counts(ctx)) await limits.consume(ctx.req, name)
    await next()
  }
}
