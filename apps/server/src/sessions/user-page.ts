import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { type PageHandler, type PageRoute, route, type UserPageHandler } from '../http/page-routes.ts'
import { userPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import type { SessionServices } from './deps.ts'

/** The part of `/settings/admin/users/ID` that ends sessions. */
export function userSessionsPages({
  users,
  sessions,
  flashes,
  reauthentication,
}: PageDeps & SessionServices): readonly PageRoute[] {
  const withUser =
    (
      handle: (actor: Actor, id: string, ctx: Context) => Promise<'session_ended' | 'sessions_ended'>,
    ): UserPageHandler =>
    async (ctx, user) => {
      const { id, administrator } = await users.find(String(ctx.params.id))
      const action: PageHandler = async () => {
        const path = `${userPath(id)}/security`
        flashes.set(ctx, path, { done: await handle(pageActor(user, ctx), id, ctx) })
        seeOther(ctx, path)
      }
      await (administrator ? reauthentication.when('administrator', action)(ctx) : action(ctx))
    }

  const pages = {
    end: withUser(async (actor, id, ctx) => {
      await sessions.end(actor, id, String(ctx.params.sessionId))
      return 'session_ended'
    }),

    endAll: withUser(async (actor, id) => {
      await sessions.endOthers(actor, id, null)
      return 'sessions_ended'
    }),
  }

  return [
    route.post('/settings/admin/users/:id/sessions/end', pages.endAll),
    route.post('/settings/admin/users/:id/sessions/:sessionId/end', pages.end),
  ]
}
