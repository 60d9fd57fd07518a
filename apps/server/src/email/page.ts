import { type RequestOrigin, requestContext } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { actorOf } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { emailAddress } from '../settings/checks.ts'
import type { Mail } from './email-service.ts'
import { requestCode } from './request-code.ts'

interface WaitingUsers {
  /** The user of a verification link if verification is pending, and the path to continue with after approval. */
  find(token: string): Promise<{ readonly user: User; readonly returnPath: string | null } | undefined>
  /** Uses the link. Resolves to whether the user may sign in; otherwise an administrator must approve them. */
  finish(origin: RequestOrigin, token: string): Promise<boolean>
}

export interface EmailPageDeps extends PageDeps {
  readonly mail: Mail
  /** Verifies new users who cannot sign in yet. */
  readonly signUpVerification: WaitingUsers
}

const accountPath = '/settings/account'
const maxTokenLength = 200
const maxUrlLength = 1000

/** `/lc/email` and `/verify-email`, which asks for confirmation because e-mail scanners open every link. */
export function emailPages(deps: EmailPageDeps) {
  const { mail, signUpVerification: waiting, authentication, show } = deps
  return {
    async requestCode(ctx: Context) {
      const email = formText(ctx, 'email', maxUrlLength).trim()
      const redirect = sameSitePath(formText(ctx, 'redirect', 2000), accountPath)
      const problem = email === '' ? 'required' : (emailAddress(email)?.code ?? null)
      await mail.loginCodes.assertRequestable()
      if (problem === null)
        await requestCode(deps, ctx, { email, redirect: redirect === accountPath ? null : redirect })
      const byEmail = { email, problem, sent: problem === null }
      const page = {
        view: 'code',
        code: '',
        fromLink: false,
        hasRecovery: false,
        recoverByEmail: false,
        problem: null,
        ceremony: null,
      } as const
      await show(ctx, { ...page, byEmail, redirect })
      if (problem !== null) ctx.status = 400
    },

    async showVerification(ctx: Context) {
      const { token } = ctx.query
      const hasToken = typeof token === 'string' && token !== '' && token.length <= maxTokenLength
      const pendingUser = hasToken ? await waiting.find(token) : undefined
      if (hasToken && pendingUser) {
        const { userName, email } = pendingUser.user
        return show(ctx, { view: 'verify-email', state: 'ask', token, email: email ?? '', userName, continueUrl: null })
      }
      const { email, emailVerified } = await authentication.requireUser(ctx)
      const state = hasToken ? 'ask' : emailVerified ? 'verified' : 'refused'
      await show(ctx, {
        view: 'verify-email',
        state,
        token: hasToken ? token : '',
        email: email ?? '',
        userName: null,
        continueUrl: null,
      })
    },

    async verify(ctx: Context) {
      const token = formText(ctx, 'token', maxTokenLength)
      const pendingUser = await waiting.find(token)
      if (pendingUser) {
        const canSignIn = await waiting.finish(requestContext(ctx.req), token)
        const { userName, email } = pendingUser.user
        return show(ctx, {
          view: 'verify-email',
          state: canSignIn ? 'in' : 'waiting',
          token: '',
          email: email ?? '',
          userName,
          continueUrl: canSignIn ? (pendingUser.returnPath ?? '/login') : null,
        })
      }
      const user = await authentication.requireUser(ctx)
      try {
        await mail.verification.finish(actorOf({ user, ctx }), token)
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error
        await show(ctx, {
          view: 'verify-email',
          state: 'refused',
          token: '',
          email: user.email ?? '',
          userName: null,
          continueUrl: null,
        })
        ctx.status = error.status
        return
      }
      seeOther(ctx, '/verify-email')
    },
  }
}
