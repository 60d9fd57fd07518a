import type { Pocket } from '@pocket/core'
import { ConflictError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import { jsonObject } from '../http/form.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { resolveReturnPath } from './return-path.ts'
import type { SignUp } from './sign-up.ts'
import type { SignUpSettings } from './sign-up-settings.ts'

export interface SignUpPagePorts {
  readonly pocket: Pick<Pocket, 'interactionClient'>
  readonly signUp: SignUp
  readonly settings: () => Promise<Pick<SignUpSettings, 'approval' | 'requireEmail' | 'verification'>>
  readonly authentication: Authentication
  readonly show: ShowPage
}

const home = '/settings/account'
const waitingPath = '/signup/waiting'

/** `/signup`, and `/st/TOKEN` with a sign-up token. */
export function signUpPages({ pocket, signUp, settings, authentication, show }: SignUpPagePorts) {
  const redirectTarget = (ctx: Context) => sameSitePath(ctx.query.redirect, home)
  const withRedirect = (path: string, redirect: string) =>
    redirect === home ? path : `${path}?${new URLSearchParams({ redirect })}`

  const showForm = async (ctx: Context, token: string) => {
    const destination = redirectTarget(ctx)
    if (await authentication.user(ctx)) return seeOther(ctx, destination)
    await signUp.assertOpen(token || null)
    const { requireEmail } = await settings()
    await show(ctx, {
      view: 'sign-up',
      token,
      emailRequired: requireEmail,
      submitTo: withRedirect('/signup', destination),
      // An interaction shows its own sign-in page.
      signInAt: destination.startsWith('/interaction/') ? destination : withRedirect('/login', destination),
    })
  }

  return {
    show: (ctx: Context) => showForm(ctx, ''),
    showWithToken: (ctx: Context) => showForm(ctx, String(ctx.params.token)),

    /** For users whose sign-up is pending. */
    async waiting(ctx: Context) {
      const { approval, verification } = await settings()
      const pendingSteps = verification ? (approval ? 'both' : 'verification') : 'administrator'
      await show(ctx, {
        view: 'sign-up-waiting',
        awaits: pendingSteps,
        signInAt: withRedirect('/login', redirectTarget(ctx)),
      })
    },

    async options(ctx: Context) {
      const { token, ...input } = jsonObject(ctx)
      const presentedToken = typeof token === 'string' && token !== '' ? token : null
      ctx.body = { options: await withFieldErrors(signUp.begin(ctx, input, presentedToken)) }
    },

    async finish(ctx: Context) {
      const { response } = jsonObject(ctx)
      const destination = redirectTarget(ctx)
      const returnPath = await resolveReturnPath(pocket, destination)
      const { disabled } = await withFieldErrors(signUp.finish(ctx, response, returnPath))
      ctx.body = { redirectTo: disabled ? withRedirect(waitingPath, returnPath ?? home) : destination }
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
