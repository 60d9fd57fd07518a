import type Provider from 'oidc-provider'

/** What the library leaves alone below its own paths, such as another method, gets an answer in its own form. */
export function answerUnknownRoutes(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.status !== 404 || ctx.body !== undefined) return
    ctx.status = 404
    ctx.body = { error: 'not_found', error_description: `there is nothing at ${ctx.method} ${ctx.path}` }
  })
}
