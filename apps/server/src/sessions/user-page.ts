import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { pageActor } from '../users/actor.ts'
import type { UserAdministration } from '../users/user-administration.ts'
import type { UserSessionsPage } from './page-model.ts'
import type { SessionAdministration } from './session-administration.ts'

type Act = (ctx: Context) => Promise<void>

export interface UserSessionsPagePorts {
  readonly users: Pick<UserAdministration, 'find'>
  readonly sessions: SessionAdministration
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly flashes: Flashes
  /** Asks for a passkey first. */
  readonly sensitive: (act: Act) => Act
}

const notices = ['session_ended', 'sessions_ended'] as const

/** `/settings/admin/users/ID/sessions`: where somebody is signed in, for administrators. */
export function userSessionsPages(ports: UserSessionsPagePorts) {
  const { users, sessions, authentication, show, flashes, sensitive } = ports
  const hereOf = (id: string) => `/settings/admin/users/${encodeURIComponent(id)}/sessions`

  /** Whoever signs an administrator out has used a passkey just now. */
  const onUser =
    (work: (ctx: Context, id: string) => Promise<(typeof notices)[number]>): Act =>
    async (ctx) => {
      await authentication.requireAdministrator(ctx)
      const { id, administrator } = await users.find(String(ctx.params.id))
      const act: Act = async () => {
        flashes.leave(ctx, hereOf(id), { done: await work(ctx, id) })
        seeOther(ctx, hereOf(id))
      }
      await (administrator ? sensitive(act)(ctx) : act(ctx))
    }

  return {
    async show(ctx: Context) {
      const viewer = await authentication.requireAdministrator(ctx)
      const { id, displayName, userName } = await users.find(String(ctx.params.id))
      await show(ctx, {
        view: 'user-sessions',
        viewer: viewerOf(viewer),
        user: { id, displayName, userName },
        sessions: await sessions.list(id, null),
        notice: noticeOf(flashes.take(ctx, hereOf(id))),
      })
    },

    end: onUser(async (ctx, id) => {
      await sessions.end(
        pageActor(await authentication.requireAdministrator(ctx), ctx),
        id,
        String(ctx.params.sessionId),
      )
      return 'session_ended'
    }),

    endAll: onUser(async (ctx, id) => {
      await sessions.endOthers(pageActor(await authentication.requireAdministrator(ctx), ctx), id, null)
      return 'sessions_ended'
    }),
  }
}

function noticeOf({ done }: Readonly<Record<string, unknown>>): UserSessionsPage['notice'] {
  return notices.find((notice) => notice === done) ?? null
}
