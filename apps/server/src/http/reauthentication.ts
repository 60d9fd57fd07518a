import type { AuthenticationCeremony, Pocket } from '@pocket/core'
import { NotAuthenticatedError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { AccessRow } from '../access/access-row.ts'
import type { ConditionName } from '../access/conditions.ts'
import { assertCondition, type Guard } from '../access/guard.ts'
import type { Authentication } from './authentication.ts'
import { discardBody } from './discard-body.ts'
import { formFields, jsonObject } from './form.ts'
import type { PageHandler, UserPageHandler } from './page-routes.ts'
import type { ShowPage } from './show-page.ts'
import { viewerOf } from './viewer.ts'

export interface ReauthenticationDeps {
  readonly pocket: Pick<Pocket, 'reauthentication' | 'signIn'>
  readonly guard: Guard
  readonly authentication: Authentication
  readonly show: ShowPage
}

const reauthenticatePath = '/reauthenticate'

/** Requires re-authentication with a passkey before a sensitive action of a page, then continues with it. */
export function reauthenticationPages({ pocket, guard, authentication, show }: ReauthenticationDeps) {
  const ceremony = async (
    { req, res }: Context,
    paths: Pick<AuthenticationCeremony, 'refreshFrom' | 'submitTo'>,
  ): Promise<AuthenticationCeremony> => ({ ...(await pocket.signIn.request(req, res)), ...paths })
  /** Asks for a passkey if recent re-authentication or a session is required, and preserves the form input. */
  const ensureReauthenticated = async (ctx: Context, check: () => Promise<unknown>): Promise<boolean> => {
    try {
      await check()
      return true
    } catch (error) {
      // A script handles the error itself.
      if (!(error instanceof NotAuthenticatedError) || ctx.is('json')) throw error
      // A file cannot be sent again: its path leads back to the form.
      const lostFile = Boolean(ctx.is('multipart'))
      if (lostFile) await discardBody(ctx)
      const method = lostFile || ctx.method === 'GET' ? 'get' : 'post'
      const form = { continueTo: ctx.path + ctx.search, method, fields: formFields(ctx) } as const
      if (error.code === 'reauthentication_required')
        await show(ctx, {
          view: 'reauthenticate',
          viewer: viewerOf(await authentication.requireUser(ctx)),
          ceremony: await ceremony(ctx, { refreshFrom: reauthenticatePath, submitTo: reauthenticatePath }),
          ...form,
          lostFile,
        })
      else if (error.code === 'not_signed_in' && ctx.is('urlencoded') && ctx.accepts('html', 'json') === 'html')
        await show(ctx, {
          view: 'session-ended',
          ceremony: await ceremony(ctx, { refreshFrom: '/login/ceremony', submitTo: '/login' }),
          ...form,
        })
      else throw error
      ctx.status = 401
      return false
    }
  }
  return {
    async refresh(ctx: Context) {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx, { refreshFrom: reauthenticatePath, submitTo: reauthenticatePath })
    },

    async submit(ctx: Context) {
      await pocket.reauthentication.withPasskey(ctx.req, ctx.res, jsonObject(ctx).response)
      // The page continues with its own action.
      ctx.body = { redirectTo: '/' }
    },

    /** Runs a handler for requests that meet its access row, and asks for a passkey if a condition in the handler demands it. */
    guarded:
      (row: AccessRow, handler: UserPageHandler): PageHandler =>
      async (ctx) => {
        await ensureReauthenticated(ctx, async () => {
          const user = await guard(ctx, row)
          // The cast is safe: the handler of a page that is open to anyone has no such parameter.
          await handler(ctx, user as User)
        })
      },

    when:
      (name: ConditionName, handler: PageHandler): PageHandler =>
      async (ctx) => {
        if (await ensureReauthenticated(ctx, () => assertCondition(ctx, name))) await handler(ctx)
      },
  }
}

export type ReauthenticationPages = ReturnType<typeof reauthenticationPages>
