import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'

/**
 * Completes a request after the library has built its response, before it is sent; returns `undefined` if it need not wait. `oidc` is
 * missing if no route of the library matched.
 */
export type ResponseStep = (ctx: KoaContextWithOIDC) => Promise<void> | undefined

/** One middleware for all steps, in this order, because each request passes them all and concerns few. */
export function runAfterResponse(provider: Provider, steps: readonly ResponseStep[]): void {
  provider.use(async (ctx, next) => {
    await next()
    // The cast is safe: the library types the context of its routes only.
    for (const step of steps) {
      const pending = step(ctx as KoaContextWithOIDC)
      if (pending) await pending
    }
  })
}
