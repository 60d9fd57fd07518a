import type { Context } from 'koa'
import type { Flashes } from '../http/flash.ts'
import { jsonObject } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import type { SetUp } from './set-up.ts'

const clientsPath = '/settings/admin/oidc-clients'

export interface SetUpPageDeps {
  readonly setUp: SetUp
  readonly show: ShowPage
  readonly flashes: Flashes
  /** The page that migrates another instance into this one; `null` if this one is not empty. */
  readonly migrationUrl: () => Promise<string | null>
}

/** `/login/setup`: available until the first user exists. */
export function setUpPages({ setUp, show, flashes, migrationUrl }: SetUpPageDeps): readonly PageRoute[] {
  const pages = {
    async show(ctx: Context) {
      await setUp.assertOpen()
      await show(ctx, { view: 'setup', migrationUrl: await migrationUrl() })
    },

    async alias(ctx: Context) {
      await setUp.assertOpen()
      seeOther(ctx, '/login/setup')
    },

    async options(ctx: Context) {
      ctx.body = { options: await setUp.begin(ctx, jsonObject(ctx)) }
    },

    async finish(ctx: Context) {
      const { response } = jsonObject(ctx)
      await setUp.finish(ctx, response)
      flashes.set(ctx, clientsPath, { isSetUp: true })
      ctx.body = { redirectTo: clientsPath }
    },
  }

  return [
    route.get('/setup', pages.alias),
    route.get('/signup/setup', pages.alias),
    route.get('/login/setup', pages.show),
    route.post('/login/setup/options', pages.options, { limit: 'setup' }),
    route.post('/login/setup', pages.finish, { limit: 'setup' }),
  ]
}
