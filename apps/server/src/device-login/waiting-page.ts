import { NotAuthenticatedError, PocketError, RateLimitedError } from '@pocket/core/errors'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { formText, jsonObject } from '../http/form.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { seeOther } from '../http/show-page.ts'
import { waitingCookie } from './cookie.ts'
import { qrCodeOf } from './qr-code.ts'
import { waitTime } from './wait.ts'

const defaultRedirect = '/settings/account'

interface Waiting {
  readonly id: string
  readonly userCode: string
  readonly redirect: string
  readonly problem: string | null
}

/** `/login/device`: waits on a device without a passkey, and continues when another device approves the sign-in. */
export function waitingPages({ pocket, authentication, show }: PageDeps) {
  const cookieOf = (id: string) => waitingCookie(pocket.issuer, `/login/device/${id}`)

  const showWaiting = (ctx: Context, { id, userCode, redirect, problem }: Waiting) =>
    show(ctx, {
      view: 'device-login',
      userCode: problem === null ? userCode : null,
      address: `${new URL(pocket.issuer).host}/device`,
      qrCode: qrCodeOf(`${pocket.issuer}/device?user_code=${userCode}`),
      submitTo: `/login/device/${id}`,
      redirect,
      problem,
    })

  const redeem = (ctx: Context, wait: number) => {
    const id = String(ctx.params.id)
    const token = cookieOf(id).read(ctx)
    if (token === undefined)
      throw new NotAuthenticatedError(
        'device_login_expired',
        'This browser has no pending sign-in request, or it has expired.',
      )
    return pocket.deviceLogins.redeem(ctx.req, ctx.res, { id, token, wait })
  }

  return {
    async show(ctx: Context) {
      const redirect = sameSitePath(ctx.query.redirect, defaultRedirect)
      if (await authentication.user(ctx)) return seeOther(ctx, redirect)
      const { id, token, userCode } = await pocket.deviceLogins.request(ctx.req)
      cookieOf(id).give(ctx, token)
      await showWaiting(ctx, { id, userCode, redirect, problem: null })
    },

    /** The page's script uses long polling; without JavaScript, a button checks once. */
    async submit(ctx: Context) {
      if (ctx.is('json')) {
        const redirectTo = sameSitePath(jsonObject(ctx).redirect, defaultRedirect)
        const account = await redeem(ctx, waitTime(ctx))
        ctx.set('Cache-Control', 'no-store')
        ctx.status = account ? 200 : 202
        ctx.body = account ? { redirectTo } : {}
        return
      }
      const redirect = sameSitePath(formText(ctx, 'redirect'), defaultRedirect)
      const id = String(ctx.params.id)
      try {
        if (await redeem(ctx, 0)) return seeOther(ctx, redirect)
      } catch (error) {
        if (!(error instanceof PocketError) || error instanceof RateLimitedError || error.status >= 500) throw error
        await showWaiting(ctx, { id, userCode: '', redirect, problem: error.code })
        ctx.status = error.status
        return
      }
      const userCode = pocket.deviceLogins.userCodeOf(cookieOf(id).read(ctx) ?? '')
      await showWaiting(ctx, { id, userCode, redirect, problem: null })
    },
  }
}
