import { createDefaultViews } from '../default-views/default-views.ts'
import { createPageAssets, type PageAssets } from '../default-views/page-assets.ts'
import { Misconfigured } from '../errors.ts'
import { requestContext } from '../http/request-context.ts'
import type { RenderPage, RenderView } from '../interactions/views.ts'

export interface PagesPorts {
  readonly name: string
  readonly mountPath: string
  readonly render: RenderPage | undefined
  readonly onError: (error: unknown, requestId: string) => void
}

/** The pages: the host's where it has some, else plain ones. Where the host's page of an error fails, the plain one tells it. */
export function createPages({ name, mountPath, render: renderPage, onError }: PagesPorts): {
  readonly assets: PageAssets
  readonly render: RenderView
} {
  const assets = createPageAssets(mountPath)
  const page = createDefaultViews(name, assets)
  if (!renderPage) return { assets, render: page }
  const standard = { page, browserModule: assets.browserModule }
  return {
    assets,
    async render(view, req) {
      try {
        const html: unknown = await renderPage(view, req, standard)
        if (typeof html !== 'string') throw new TypeError('It answered with no text.')
        return html
      } catch (cause) {
        const message = `The option render has no page for the view "${view.view}".`
        const fields = [{ field: 'render', code: 'failed', message }]
        const error = new Misconfigured(message, { cause, details: { option: 'render', view: view.view }, fields })
        // Whoever catches it reports it, and shows the page of it.
        if (view.view !== 'error') throw error
        onError(error, requestContext(req).requestId)
        return page(view)
      }
    },
  }
}
