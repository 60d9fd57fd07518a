import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ProtocolPages } from './pages.ts'

export interface UnsendableResponsePorts {
  readonly pages: Pick<ProtocolPages, 'renderError'>
}

const answering = new Set(['authorization', 'resume'])

/**
 * An answer that has to be encrypted for a client whose keys cannot be read can be sent in no form that the client asked for,
 * and an error in its place neither (JARM §2.2): the person reads why on a page.
 */
export function explainUnsendableResponses(provider: Provider, { pages }: UnsendableResponsePorts): void {
  provider.use(async (anyCtx, next) => {
    try {
      await next()
    } catch (error) {
      // A cast: within the library's routes the context is the library's, and only there it has an `oidc`.
      const ctx = anyCtx as KoaContextWithOIDC
      const oidc: KoaContextWithOIDC['oidc'] | undefined = ctx.oidc
      if (!(error instanceof errors.OIDCProviderError) || !error.expose || !answering.has(oidc?.route ?? ''))
        throw error
      ctx.status = error.statusCode
      await pages.renderError(ctx, { error: error.error, error_description: error.error_description }, error)
    }
  })
}
