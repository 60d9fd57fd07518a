import type { Pocket } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import { jsonObject } from '../http/form.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import type { SignUp } from './sign-up.ts'
import type { SignUpSettings } from './sign-up-settings.ts'
import { wayBackOf } from './way-back.ts'

export interface SignUpPagePorts {
  readonly pocket: Pick<Pocket, 'interactionClient'>
  readonly signUp: SignUp
  readonly settings: () => Promise<Pick<SignUpSettings, 'approval' | 'requireEmail' | 'verification'>>
  readonly authentication: Authentication
  readonly show: ShowPage
}

const home = '/settings/account'
const waitingAt = '/signup/waiting'

/** `/signup`, and `/st/TOKEN` with a sign-up token. */
export function signUpPages({ pocket, signUp, settings, authentication, show }: SignUpPagePorts) {
  const target = (ctx: Context) => sameSitePath(ctx.query.redirect, home)
  const leadingTo = (path: string, to: string) =>
    to === home ? path : `${path}?${new URLSearchParams({ redirect: to })}`

  const showForm = async (ctx: Context, token: string) => {
    const to = target(ctx)
    if (await authentication.user(ctx)) return seeOther(ctx, to)
    await signUp.assertOpen(token || null)
    const { requireEmail } = await settings()
    await show(ctx, {
      view: 'sign-up',
      token,
      emailRequired: requireEmail,
      submitTo: leadingTo('/signup', to),
      // An interaction shows its own sign-in page.
      signInAt: to.startsWith('/interaction/') ? to : leadingTo('/login', to),
    })
  }

  return {
    show: (ctx: Context) => showForm(ctx, ''),
    showWithToken: (ctx: Context) => showForm(ctx, String(ctx.params.token)),

    /** For users whose sign-up is pending. */
    async waiting(ctx: Context) {
      const { approval, verification } = await settings()
      const awaits = verification ? (approval ? 'both' : 'verification') : 'administrator'
      await show(ctx, { view: 'sign-up-waiting', awaits, signInAt: leadingTo('/login', target(ctx)) })
    },

    async options(ctx: Context) {
      const { token, ...input } = jsonObject(ctx)
      const given = typeof token === 'string' && token !== '' ? token : null
      ctx.body = { options: await withFieldErrors(signUp.begin(ctx, input, given)) }
    },

    async finish(ctx: Context) {
      const { response } = jsonObject(ctx)
      const to = target(ctx)
      const wayBack = await wayBackOf(pocket, to)
      const { disabled } = await withFieldErrors(signUp.finish(ctx, response, wayBack))
      ctx.body = { redirectTo: disabled ? leadingTo(waitingAt, wayBack ?? home) : to }
    },
  }
}

/** Converts conflicts to field errors, which the page shows next to the field. */
async function withFieldErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ConflictError) || error.code !== 'already_in_use') throw error
    const field = error.details.property ?? 'username'
    throw new ConflictError('already_in_use', error.message, {
      details: error.details,
      fields: [{ field, code: 'already_in_use', message: 'is in use already' }],
    })
  }
}
