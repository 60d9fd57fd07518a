import type { AuthenticationCeremony } from '@pocket/core'
import { PocketError, RateLimitedError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { formText, jsonObject } from '../http/form.ts'
import { addPasskeyPath, recoverPath } from '../http/paths.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { RecoveryRequests } from '../recovery/recovery-requests.ts'

export interface SignInDeps extends PageDeps {
  /** The URL of the sign-up page, if sign-up is allowed. */
  readonly signUpUrl: () => Promise<string | null>
  /** Whether users may request a login code by e-mail. */
  readonly codesByEmail: () => Promise<boolean>
  readonly recovery: Recovery
  readonly recoveryRequests: RecoveryRequests
}

const home = '/settings/account'

export function signInPages(deps: SignInDeps) {
  const { pocket, directory, authentication, show, signUpUrl, codesByEmail, recovery, recoveryRequests } = deps
  const redirectTarget = (ctx: Context) => sameSitePath(ctx.query.redirect, home)
  const withTarget = (path: string, redirect: string) =>
    redirect === home ? path : `${path}?${new URLSearchParams({ redirect })}`

  const ceremony = async (ctx: Context, redirect: string): Promise<AuthenticationCeremony> => ({
    ...(await pocket.signIn.request(ctx.req, ctx.res)),
    refreshFrom: withTarget('/login/ceremony', redirect),
    submitTo: withTarget('/login', redirect),
  })

  const showCode = async (ctx: Context, page: { code: string; problem: string | null; redirect: string }) => {
    const byEmail = (await codesByEmail()) ? { email: '', sent: false, problem: null } : null
    const fromLink = ctx.params.code !== undefined
    // Not with an error message either: an immediate passkey prompt would sign the user in before they have read the message.
    const offeredCeremony = fromLink || page.problem !== null ? null : await ceremony(ctx, page.redirect)
    const hasRecovery = await recovery.isOffered()
    const recoverByEmail = (await recoveryRequests.delayDays()) !== null
    const offered = { byEmail, ceremony: offeredCeremony, hasRecovery, recoverByEmail }
    await show(ctx, { view: 'code', fromLink, ...offered, ...page })
  }

  return {
    async root(ctx: Context) {
      seeOther(ctx, (await authentication.user(ctx)) ? home : '/login')
    },

    async show(ctx: Context) {
      if (!(await directory.isSetUp())) return seeOther(ctx, '/login/setup')
      // With `another`, a signed-in user can sign in with a second account and keeps the first session.
      if (ctx.query.another === undefined && (await authentication.user(ctx))) return seeOther(ctx, redirectTarget(ctx))
      const signUp = await signUpUrl()
      await show(ctx, {
        view: 'sign-in',
        client: null,
        ceremony: await ceremony(ctx, redirectTarget(ctx)),
        reason: 'first',
        otherMethodsUrl: withTarget('/lc', redirectTarget(ctx)),
        signUpUrl: signUp && withTarget(signUp, redirectTarget(ctx)),
        emailCode: (await codesByEmail()) ? { submitTo: '/lc/email', redirect: redirectTarget(ctx) } : null,
        cancelTo: null,
      })
    },

    async ceremony(ctx: Context) {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx, redirectTarget(ctx))
    },

    async submit(ctx: Context) {
      const { response } = jsonObject(ctx)
      await pocket.signIn.withPasskey(ctx.req, ctx.res, response)
      ctx.body = { redirectTo: redirectTarget(ctx) }
    },

    async code(ctx: Context) {
      const { code } = ctx.params
      await showCode(ctx, {
        code: typeof code === 'string' ? code.slice(0, 32) : '',
        problem: null,
        redirect: redirectTarget(ctx),
      })
    },

    async submitCode(ctx: Context) {
      const code = formText(ctx, 'code', 64)
      const redirect = sameSitePath(formText(ctx, 'redirect'), home)
      if (code.trim() === '') {
        await showCode(ctx, { code: '', problem: 'required', redirect })
        ctx.status = 400
        return
      }
      const isRecovery = pocket.recovery.isCode(code)
      try {
        if (isRecovery) await recovery.begin(ctx, code)
        else await pocket.signIn.withCode(ctx.req, ctx.res, code)
      } catch (error) {
        if (!(error instanceof PocketError) || error instanceof RateLimitedError || error.status >= 500) throw error
        await showCode(ctx, { code, problem: error.code, redirect })
        ctx.status = error.status
        return
      }
      if (isRecovery) return seeOther(ctx, withTarget(recoverPath, redirect))
      // Such a session has few permissions until there is a passkey, so adding one comes first unless another destination was
      // requested.
      seeOther(ctx, redirect === home ? addPasskeyPath : redirect)
    },

    async signOut(ctx: Context) {
      if (!(await authentication.user(ctx))) return show(ctx, { view: 'signed-out', client: null })
      await show(ctx, {
        view: 'sign-out',
        client: null,
        submitTo: '/logout',
        hidden: {},
        confirm: { name: 'logout', value: 'yes' },
      })
    },

    async submitSignOut(ctx: Context) {
      await pocket.signOut(ctx.req, ctx.res)
      seeOther(ctx, '/logout')
    },
  }
}
