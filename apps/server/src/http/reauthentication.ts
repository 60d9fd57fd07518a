import type { AuthenticationCeremony, Pocket } from '@pocket/core'
import { NotAuthenticatedError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { AccessRow } from '../access/access-row.ts'
import type { ConditionName } from '../access/conditions.ts'
import { assertCondition, type Guard } from '../access/guard.ts'
import type { Authentication } from './authentication.ts'
import { formFields, jsonObject } from './form.ts'
import type { PageHandler } from './page-routes.ts'
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
  const ceremony = async ({ req, res }: Context): Promise<AuthenticationCeremony> => ({
    ...(await pocket.signIn.request(req, res)),
    refreshFrom: reauthenticatePath,
    submitTo: reauthenticatePath,
  })
  /** Asks for a passkey if recent re-authentication is required, and preserves the form input. */
  const ensureReauthenticated = async (ctx: Context, check: () => Promise<unknown>): Promise<boolean> => {
    try {
      await check()
      return true
    } catch (error) {
      if (!(error instanceof NotAuthenticatedError) || error.code !== 'reauthentication_required') throw error
      await show(ctx, {
        view: 'reauthenticate',
        viewer: viewerOf(await authentication.requireUser(ctx)),
        ceremony: await ceremony(ctx),
        continueTo: ctx.path + ctx.search,
        fields: formFields(ctx),
      })
      ctx.status = 401
      return false
    }
  }
  return {
    async refresh(ctx: Context) {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx)
    },

    async submit(ctx: Context) {
      await pocket.reauthentication.withPasskey(ctx.req, ctx.res, jsonObject(ctx).response)
      // The page continues with its own action.
      ctx.body = { redirectTo: '/' }
    },

    /** Runs a handler only for requests that meet its access row. */
    guarded:
      (row: AccessRow, handler: PageHandler): PageHandler =>
      async (ctx) => {
        const authorize = () => guard(ctx, row)
        if (!row.session.includes('recent')) await authorize()
        else if (!(await ensureReauthenticated(ctx, authorize))) return
        await handler(ctx)
      },

    /** Runs an action after a condition of the row is met. */
    when:
      (name: ConditionName, handler: PageHandler): PageHandler =>
      async (ctx) => {
        if (await ensureReauthenticated(ctx, () => assertCondition(ctx, name))) await handler(ctx)
      },
  }
}

export type ReauthenticationPages = ReturnType<typeof reauthenticationPages>
