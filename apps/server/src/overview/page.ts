import type { Authentication } from '../http/authentication.ts'
import type { PageRoute } from '../http/page-routes.ts'
import type { ShowPage } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { ReadOverview } from './overview.ts'

export interface OverviewPagePorts {
  readonly overview: ReadOverview
  readonly authentication: Authentication
  readonly show: ShowPage
}

/** `/settings/admin`: the overview. */
export function overviewPages({ overview, authentication, show }: OverviewPagePorts): readonly PageRoute[] {
  return [
    {
      method: 'get',
      path: '/settings/admin',
      async handle(ctx) {
        const user = await authentication.requireUser(ctx)
        await show(ctx, { view: 'overview', viewer: viewerOf(user), ...(await overview(user.id)) })
      },
    },
  ]
}
