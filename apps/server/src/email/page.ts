import { InvalidInput } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import { formText } from '../http/form.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { actorOf } from '../users/actor.ts'
import type { Mail } from './mail.ts'

export interface EmailPagePorts {
  readonly mail: Pick<Mail, 'verification'>
  readonly authentication: Authentication
  readonly show: ShowPage
}

const longestToken = 200

/** `/verify-email`: asks first, since programs that look into e-mails open every link. */
export function emailPages({ mail, authentication, show }: EmailPagePorts) {
  return {
    async showVerification(ctx: Context) {
      const { email, emailVerified } = await authentication.requireUser(ctx)
      const { token } = ctx.query
      const asked = typeof token === 'string' && token !== '' && token.length <= longestToken
      const state = asked ? 'ask' : emailVerified ? 'verified' : 'refused'
      await show(ctx, { view: 'verify-email', state, token: asked ? token : '', email: email ?? '' })
    },

    async verify(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      try {
        await mail.verification.finish(actorOf({ user, ctx }), formText(ctx, 'token', longestToken))
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        await show(ctx, { view: 'verify-email', state: 'refused', token: '', email: user.email ?? '' })
        ctx.status = error.status
        return
      }
      seeOther(ctx, '/verify-email')
    },
  }
}
