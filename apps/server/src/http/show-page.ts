import { pageHeaders } from '@pocket/core'
import type { Context } from 'koa'
import type { RenderPage } from './page.ts'
import type { PageModel } from './page-models.ts'

/** Answers with a page. */
export type ShowPage = (ctx: Context, page: PageModel) => Promise<void>

export function createShowPage(render: RenderPage): ShowPage {
  return async (ctx, page) => {
    const html = await render(page, ctx.req)
    // A form that signs in goes on to where the person came from, which may be a client in the end.
    pageHeaders(ctx.res, 'redirect' in page ? 'to-clients' : 'own-origin')
    ctx.type = 'html'
    ctx.body = html
  }
}

/** Sends the person on to another page, by GET. */
export function seeOther(ctx: Context, to: string): void {
  ctx.status = 303
  ctx.redirect(to)
}
