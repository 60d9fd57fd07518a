import { createDefaultViews } from '../default-views/default-views.ts'
import { createPageAssets, type PageAssets } from '../default-views/page-assets.ts'
import { ConfigurationError } from '../errors.ts'
import { hostOutage } from '../host-rule.ts'
import { requestContext } from '../http/request-context.ts'
import type { RenderPage, RenderView } from '../views/views.ts'
import { withTimeout } from '../within-time.ts'

/** Renders the host's pages, or plain default pages. If the host's error page fails, the default error page is used. */
export function createPages({
  name,
  mountPath,
  render: renderPage,
  hookTimeout,
  onError,
}: {
  readonly name: string
  readonly mountPath: string
  readonly render: RenderPage | undefined
  /** Milliseconds. */
  readonly hookTimeout: number
  readonly onError: (error: unknown, requestId: string) => void
}): {
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
        const html: unknown = await withTimeout(() => renderPage(view, req, standard), hookTimeout)
        if (typeof html !== 'string') throw new TypeError('The result is not a string.')
        return html
      } catch (cause) {
        const message = `The option pages.render rendered no page for the view "${view.view}".`
        const fields = [{ field: 'pages.render', code: 'failed', message }]
        const details = { option: 'pages.render', view: view.view }
        const error = hostOutage('pages.render', cause) ?? new ConfigurationError(message, { cause, details, fields })
        // The caller reports the error and renders its page.
        if (view.view !== 'error') throw error
        onError(error, requestContext(req).requestId)
        return page(view)
      }
    },
  }
}
