import type { Context } from 'koa'
import { setCommonHeaders } from '../http/page-headers.ts'

/** A page at the host of a protected site. It is self-contained, because nothing else is served at that host. */
export interface SitePage {
  readonly status: number
  readonly title: string
  readonly text: string
  readonly link?: { readonly href: string; readonly label: string }
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}'

export function showSitePage(ctx: Context, { status, title, text, link }: SitePage): void {
  setCommonHeaders(ctx.res)
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  )
  ctx.set('Cache-Control', 'no-store')
  ctx.status = status
  ctx.type = 'html'
  const anchor = link ? `<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p>` : ''
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${anchor}</html>`
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
