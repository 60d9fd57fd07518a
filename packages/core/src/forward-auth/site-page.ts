import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { setCommonHeaders } from '../http/page-headers.ts'
import { requestContext } from '../http/request-context.ts'

/** The pages at the host of a protected site. */
export type SiteMessage =
  | 'denied'
  | 'second_passkey'
  | 'canceled'
  | 'form_not_sent'
  | 'cookies_blocked'
  | 'cookie_not_forwarded'
  | 'not_found'

/** The texts of a page at the host of a protected site. */
export interface SiteMessageTexts {
  /** BCP 47. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  readonly title: string
  readonly text: string
  /** The label of the link that continues or tries again. */
  readonly action: string
}

/** Returns the texts of a page in a language that the browser accepts. */
export type FindSiteTexts = (message: SiteMessage, req: IncomingMessage) => SiteMessageTexts

export const englishSiteTexts: FindSiteTexts = (message) => {
  const [title, text] = english[message]
  const action = message === 'form_not_sent' ? 'Continue' : 'Try again'
  return { language: 'en', direction: 'ltr', title, text, action }
}

const loop = 'The sign-in can’t finish'
const english: Readonly<Record<SiteMessage, readonly [title: string, text: string]>> = {
  denied: ['Access denied', 'You don’t have access to this page.'],
  second_passkey: ['Add a second passkey', 'Add a second passkey in your account, then open this page again.'],
  canceled: ['Access denied', 'The sign-in was canceled, or you don’t have access to this site.'],
  form_not_sent: ['Your form was not sent', 'You are signed in again. Go back and send the form again.'],
  cookies_blocked: [loop, 'This browser does not keep the cookies of this site. Allow cookies and try again.'],
  cookie_not_forwarded: [
    loop,
    'You are signed in, but the proxy of this site does not forward the cookie __Host-pocket-site. Tell the administrator.',
  ],
  not_found: ['Not found', 'This page does not exist.'],
}

export interface SitePage {
  readonly status: number
  readonly message: SiteMessage
  /** Where the link leads. */
  readonly href?: string
}

/** Shows a page at the host of a protected site. */
export type ShowSitePage = (ctx: Context, page: SitePage) => void

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}'

/** The pages are self-contained, because nothing else is served at that host. */
export function createShowSitePage(
  findTexts: FindSiteTexts,
  onError: (error: unknown, requestId: string) => void,
): ShowSitePage {
  const textsFor: FindSiteTexts = (message, req) => {
    try {
      return findTexts(message, req)
    } catch (error) {
      onError(error, requestContext(req).requestId)
      return englishSiteTexts(message, req)
    }
  }
  return (ctx, { status, message, href }) => {
    setCommonHeaders(ctx.res)
    ctx.set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    )
    ctx.set('Cache-Control', 'no-store')
    ctx.status = status
    ctx.type = 'html'
    const texts = textsFor(message, ctx.req)
    const title = escapeHtml(texts.title)
    const link = href === undefined ? '' : `<p><a href="${escapeHtml(href)}">${escapeHtml(texts.action)}</a></p>`
    ctx.body = `<!doctype html><html lang="${escapeHtml(texts.language)}" dir="${texts.direction}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style><h1>${title}</h1><p>${escapeHtml(texts.text)}</p>${link}</html>`
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
