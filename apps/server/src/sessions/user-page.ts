import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { type PageHandler, type PageRoute, route } from '../http/page-routes.ts'
import { userPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import type { SessionServices } from './deps.ts'

/** The part of `/settings/admin/users/ID` that ends sessions. */
export function userSessionsPages({
  users,
  sessions,
  authentication,
  flashes,
  reauthentication,
}: PageDeps & SessionServices): readonly PageRoute[] {
  const withUser =
    (handle: (ctx: Context, id: string) => Promise<'session_ended' | 'sessions_ended'>): PageHandler =>
    async (ctx) => {
      const { id, administrator } = await users.find(String(ctx.params.id))
      const action: PageHandler = async () => {
        const path = `${userPath(id)}/security`
        flashes.set(ctx, path, { done: await handle(ctx, id) })
        seeOther(ctx, path)
      }
      await (administrator ? reauthentication.when('administrator', action)(ctx) : action(ctx))
    }
  const findActor = async (ctx: Context) => pageActor(await authentication.requireUser(ctx), ctx)

  const pages = {
    end: withUser(async (ctx, id) => {
      await sessions.end(await findActor(ctx), id, String(ctx.params.sessionId))
      return 'session_ended'
    }),

    endAll: withUser(async (ctx, id) => {
      await sessions.endOthers(await findActor(ctx), id, null)
      return 'sessions_ended'
    }),
  }

  return [
    route.post('/settings/admin/users/:id/sessions/end', pages.endAll),
    route.post('/settings/admin/users/:id/sessions/:sessionId/end', pages.end),
  ]
}
