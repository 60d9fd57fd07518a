import type { RequestListener } from 'node:http'
import { setCommonHeaders, setPageHeaders } from '@pocket/core/internal'
import Koa from 'koa'
import { type Assets, serveAssets } from './assets.ts'

/** Seconds until a page reloads itself. */
const retryAfter = 2
/** A process that is migrating data must not be restarted. */
const livenessPaths: ReadonlySet<string> = new Set(['/livez', '/healthz'])

/** Answers every request with the same page while an instance is replaced; needs no database. */
export function maintenanceListener(assets: Assets, page: string): RequestListener {
  const koa = new Koa()
  koa.use(serveAssets(assets)).use((ctx) => {
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
    if (ctx.method === 'GET') ctx.set('Refresh', String(retryAfter))
    ctx.type = 'html'
    ctx.body = page
  })
  return koa.callback()
}
