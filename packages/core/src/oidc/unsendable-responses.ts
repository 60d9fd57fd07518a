import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderContext } from './provider-context.ts'

const routes = new Set(['authorization', 'resume'])

/**
 * If the client's encryption keys cannot be loaded, neither a response nor an error can be sent to the client (JARM §2.2), so
 * the user sees an error page.
 */
export function explainUnsendableResponses(provider: Provider, { pages }: ProviderContext): void {
  provider.use(async (anyCtx, next) => {
    try {
      await next()
    } catch (error) {
      // The cast is safe: inside the library's routes the context has `oidc`.
      const ctx = anyCtx as KoaContextWithOIDC
      const oidc: KoaContextWithOIDC['oidc'] | undefined = ctx.oidc
      if (!(error instanceof errors.OIDCProviderError) || !error.expose || !routes.has(oidc?.route ?? '')) throw error
      ctx.status = error.statusCode
      await pages.renderError(ctx, { error: error.error, error_description: error.error_description }, error)
    }
  })
}
