import type { PageDeps } from '../http/deps.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { viewerOf } from '../http/viewer.ts'
import type { ReadOverview } from './overview.ts'

export function overviewPages(deps: PageDeps & { readonly overview: ReadOverview }): readonly PageRoute[] {
  const { overview, show } = deps
  return [
    route.get('/settings/admin', async (ctx, user) => {
      const contents = await overview(user.id, ctx.query.ends === 'all')
      await show(ctx, { view: 'overview', viewer: viewerOf(user), ...contents })
    }),
  ]
}
