import { ConflictError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { jsonObject } from '../http/form.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { welcomePath } from './first-passkey.ts'
import type { SignUpPageDeps } from './page-deps.ts'
import { resolveReturnPath } from './return-path.ts'

const home = '/settings/account'
const waitingPath = '/signup/waiting'

export function signUpPages({ pocket, signUp, signUpSettings, authentication, flashes, show }: SignUpPageDeps) {
  const redirectTarget = (ctx: Context) => sameSitePath(ctx.query.redirect, home)
  const withRedirect = (path: string, redirect: string) =>
    redirect === home ? path : `${path}?${new URLSearchParams({ redirect })}`

  const showForm = async (ctx: Context, token: string) => {
    const destination = redirectTarget(ctx)
    if (await authentication.user(ctx)) return seeOther(ctx, destination)
    await signUp.assertOpen(token || null)
    const { requireEmail } = await signUpSettings()
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
      const { approval, verification } = await signUpSettings()
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
      const next = () => (destination === home ? welcomePath(ctx, flashes) : destination)
      ctx.body = { redirectTo: disabled ? withRedirect(waitingPath, returnPath ?? home) : next() }
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
      fields: [{ field, code: 'already_in_use', message: 'is already in use' }],
    })
  }
}
