import type { PageDeps } from '../http/deps.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { viewerOf } from '../http/viewer.ts'
import { maxQueryLength, type Search } from './search.ts'

/** `/settings/search`: the command palette for browsers without JavaScript. */
export function searchPages(deps: PageDeps & { readonly search: Search }): readonly PageRoute[] {
  const { search, messagesFor, show } = deps
  return [
    route.get('/settings/search', async (ctx, user) => {
      const query = String([ctx.query.query ?? ''].flat()[0]).slice(0, maxQueryLength)
      const results = await search(user, query, messagesFor(ctx.req, user).marked)
      await show(ctx, { view: 'search', viewer: viewerOf(user), query, maxQueryLength, results })
    }),
  ]
}
