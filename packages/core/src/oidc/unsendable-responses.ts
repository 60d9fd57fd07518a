import type { Next } from 'koa'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { isAuthorizationPath } from './paths.ts'
import type { ProviderContext } from './provider-context.ts'

/**
 * If the client's encryption keys cannot be loaded, neither a response nor an error can be sent to the client (JARM §2.2), so
 * the user sees an error page.
 */
export function explainUnsendableResponses(provider: Provider, { pages }: ProviderContext): void {
  const explain = async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError) || !error.expose) throw error
      ctx.status = error.statusCode
      await pages.renderError(ctx, { error: error.error, error_description: error.error_description }, error)
    }
  }
  // The cast is safe: inside the library's routes the context has `oidc`.
  provider.use((ctx, next) => (isAuthorizationPath(ctx.path) ? explain(ctx as KoaContextWithOIDC, next) : next()))
}
