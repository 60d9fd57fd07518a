import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import type { SessionServices } from './deps.ts'

const pagePath = '/settings/account/security'
const sessionsPath = '/settings/account/sessions'

/** The part of `/settings/account/security` that ends sessions. */
export function sessionPages({ pocket, sessions, flashes }: PageDeps & SessionServices): readonly PageRoute[] {
  const end = async (ctx: Context, user: User) => {
    const id = String(ctx.params.id)
    const device = (await sessions.list(user.id, null)).find((session) => session.id === id)?.device ?? ''
    await sessions.end(pageActor(user, ctx), user.id, id)
    flashes.set(ctx, pagePath, { done: 'session_ended', name: device })
    seeOther(ctx, pagePath)
  }
  const endOthers = async (ctx: Context, user: User) => {
    const current = await pocket.session(ctx.req, ctx.res)
    await sessions.endOthers(pageActor(user, ctx), user.id, current?.uid ?? null)
    flashes.set(ctx, pagePath, { done: 'sessions_ended', name: '' })
    seeOther(ctx, pagePath)
  }
  return [route.post(`${sessionsPath}/end-others`, endOthers), route.post(`${sessionsPath}/:id/end`, end)]
}
