import type { AuthenticationCeremony, Pocket } from '@pocket/core'
import { NotAuthenticated } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Authentication } from './authentication.ts'
import { jsonObject } from './form.ts'
import type { ShowPage } from './show-page.ts'
import { viewerOf } from './viewer.ts'

export interface ReauthenticationPorts {
  readonly pocket: Pick<Pocket, 'reauthentication' | 'signIn'>
  readonly authentication: Authentication
  readonly show: ShowPage
}

/** A page's handler. */
type Act = (ctx: Context) => Promise<void>

const here = '/reauthenticate'
/** What a form of ours holds at most, to be sent again. */
const mostFields = 1200

/** Asks for a passkey before something sensitive that a page does, and goes on with it. */
export function reauthenticationPages({ pocket, authentication, show }: ReauthenticationPorts) {
  const ceremony = async ({ req, res }: Context): Promise<AuthenticationCeremony> => ({
    ...(await pocket.signIn.request(req, res)),
    refreshFrom: here,
    submitTo: here,
  })
  const isRequired = async ({ req, res }: Context) => {
    try {
      await pocket.reauthentication.assertFresh(req, res)
      return false
    } catch (error) {
      if (error instanceof NotAuthenticated && error.code === 'reauthentication_required') return true
      throw error
    }
  }
  return {
    async refresh(ctx: Context) {
      await authentication.requireUser(ctx)
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx)
    },

    async submit(ctx: Context) {
      await authentication.requireUser(ctx)
      await pocket.reauthentication.withPasskey(ctx.req, ctx.res, jsonObject(ctx).response)
      // The page itself goes on with what it was about.
      ctx.body = { redirectTo: '/' }
    },

    /** Does what a form asks for once a passkey was used: what was typed is kept meanwhile. */
    sensitive:
      (act: Act): Act =>
      async (ctx) => {
        const user = await authentication.requireUser(ctx)
        if (!(await isRequired(ctx))) return act(ctx)
        await show(ctx, {
          view: 'reauthenticate',
          viewer: viewerOf(user),
          ceremony: await ceremony(ctx),
          continueTo: ctx.path + ctx.search,
          fields: fieldsOf(ctx),
        })
        ctx.status = 401
      },
  }
}

function fieldsOf({ request }: Context): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(Object(request.body))
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => ({ name, value: each })))
    .filter((field): field is { name: string; value: string } => typeof field.value === 'string')
    .slice(0, mostFields)
}

export type ReauthenticationPages = ReturnType<typeof reauthenticationPages>
