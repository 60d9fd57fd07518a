import type { View } from '../views/views.ts'
import { html, toText } from './html.ts'
import type { PageAssets } from './page-assets.ts'
import { createPage } from './pages.ts'

const hasScript: ReadonlySet<View['view']> = new Set(['sign-in', 'sign-up', 'add-passkey'])

/**
 * Plain English pages for every view: complete documents without inline scripts or styles. All pages without a
 * ceremony work without JavaScript.
 */
export function createDefaultViews(name: string, assets: Pick<PageAssets, 'browserModule' | 'stylesheet'>) {
  return (view: View): string => {
    const { title, main } = createPage(view)
    return toText(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} – ${name}</title><link rel="stylesheet" href="${assets.stylesheet}">
${hasScript.has(view.view) && html`<script type="module" src="${assets.browserModule}"></script>`}</head>
<body><main><p class="quiet">${name}</p><h1>${title}</h1>
${main}</main></body></html>`)
  }
}
