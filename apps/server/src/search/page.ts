import type { Authentication } from '../http/authentication.ts'
import type { MessagesFor } from '../http/messages-for.ts'
import type { PageRoute } from '../http/page-routes.ts'
import type { ShowPage } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { maxQueryLength, type Search } from './search.ts'

export interface SearchPagePorts {
  readonly search: Search
  readonly messagesFor: MessagesFor
  readonly authentication: Authentication
  readonly show: ShowPage
}

/** `/settings/search`: the command palette for browsers without JavaScript. */
export function searchPages({ search, messagesFor, authentication, show }: SearchPagePorts): readonly PageRoute[] {
  return [
    {
      method: 'get',
      path: '/settings/search',
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        const query = String([ctx.query.query ?? ''].flat()[0]).slice(0, maxQueryLength)
        const results = await search(user, query, messagesFor(ctx.req, user).marked)
        await show(ctx, { view: 'search', viewer: viewerOf(user), query, maxQueryLength, results })
      },
    },
  ]
}
