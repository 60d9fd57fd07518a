import type { LimitName, RateLimiter } from '@pocket/core'
import type { Context, Middleware } from 'koa'

/** For every endpoint that programs call; pages and assets are not counted. */
export function limitRequests(limits: RateLimiter): Middleware {
  const isCounted = (path: string) =>
    path.startsWith('/api/') || path.startsWith('/.well-known/') || path === '/authorize'
  return (ctx, next) => (isCounted(ctx.path) ? limits.consume(ctx.req, 'api').then(next) : next())
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
