import { setPageHeaders } from '@pocket/core/internal'
import type { Context } from 'koa'
import type { RenderPage } from './page.ts'
import type { PageModel } from './page-models.ts'

export type ShowPage = (ctx: Context, page: PageModel) => Promise<void>

export function createShowPage(render: RenderPage): ShowPage {
  return async (ctx, page) => {
    const html = await render(page, ctx.req)
    // A sign-in form redirects to its origin page, which may lead to a client.
    setPageHeaders(ctx.res, 'redirect' in page ? 'to-clients' : 'own-origin')
    ctx.type = 'html'
    ctx.body = html
  }
}

export function seeOther(ctx: Context, to: string): void {
  ctx.status = 303
  ctx.redirect(to)
}
