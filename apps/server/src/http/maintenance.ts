import type { IncomingMessage, RequestListener } from 'node:http'
import { setCommonHeaders, setPageHeaders } from '@pocket/core/internal'
import Koa from 'koa'
import { type Assets, serveAssets } from './assets.ts'

/** Seconds until a page reloads itself. */
const retryAfter = 2
/** A process that is migrating data must not be restarted. */
const livenessPaths: ReadonlySet<string> = new Set(['/livez', '/healthz'])

/** Serves the page at `path` while an instance is replaced; needs no database. */
export function maintenanceListener(
  assets: Assets,
  { path, render }: { readonly path: string; readonly render: (req: IncomingMessage) => Promise<string> },
): RequestListener {
  const koa = new Koa()
  koa.use(serveAssets(assets)).use(async (ctx) => {
    setCommonHeaders(ctx.res)
    if (livenessPaths.has(ctx.path)) {
      ctx.status = 204
      return
    }
    ctx.status = 503
    ctx.set('Retry-After', String(retryAfter))
    ctx.set('Cache-Control', 'private, no-store')
    if (ctx.path.startsWith('/api/')) {
      ctx.body = { error: 'Data is being migrated. Try again in a moment.', code: 'unavailable' }
      return
    }
    setPageHeaders(ctx.res, 'own-origin')
    ctx.set('Refresh', ctx.method === 'GET' ? String(retryAfter) : `${retryAfter}; url=${path}`)
    ctx.type = 'html'
    ctx.body = await render(ctx.req)
  })
  return koa.callback()
}
