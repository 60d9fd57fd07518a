import type Provider from 'oidc-provider'
import { allowedMethods } from './allowed-methods.ts'

/** Responds with JSON to unsupported methods and unknown paths among the protocol paths. */
export function handleUnknownRoutes(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.status !== 404 || ctx.body !== undefined) return
    const allowed = allowedMethods(ctx.path)
    if (allowed !== undefined && !allowed.includes(ctx.method)) {
      ctx.status = 405
      ctx.set('Allow', allowed.join(', '))
      ctx.body = { error: 'invalid_request', error_description: `${ctx.path} allows ${allowed.join(', ')}` }
      return
    }
    ctx.status = 404
    ctx.body = { error: 'not_found', error_description: `${ctx.method} ${ctx.path} does not exist` }
  })
}
