import type { AuthenticationCeremony } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'
import { jsonObject } from '../http/form.ts'
import { seeOther } from '../http/show-page.ts'

const devicePath = '/device'

/** The part of `/device` that approves or denies a device authorization request. */
export function deviceAuthorizationPages({ pocket, show, flashes }: PageDeps) {
  const { deviceAuthorizations, signIn } = pocket
  const actionUrl = (decision: 'allow' | 'refuse', code: string) =>
    `${devicePath}/${decision}?${new URLSearchParams({ code })}`

  const ceremony = async ({ req, res }: Context, code: string): Promise<AuthenticationCeremony> => ({
    ...(await signIn.request(req, res)),
    refreshFrom: actionUrl('allow', code),
    submitTo: actionUrl('allow', code),
  })

  return {
    async show(ctx: Context, user: User, code: string) {
      const request = await deviceAuthorizations.find(ctx.req, ctx.res, code)
      const { userCode, reauthenticationRequired } = request
      await show(ctx, {
        view: 'device-authorization',
        userName: user.userName,
        displayName: user.displayName,
        request,
        device: deviceOf(request.device.userAgent),
        ceremony: reauthenticationRequired ? await ceremony(ctx, userCode) : null,
        allowTo: actionUrl('allow', userCode),
        refuseTo: actionUrl('refuse', userCode),
      })
    },

    async refresh(ctx: Context) {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx, codeOf(ctx))
    },

    /** Accepts a form submission or a passkey assertion. */
    async allow(ctx: Context) {
      const code = codeOf(ctx)
      const isPasskeyResponse = ctx.is('json') === 'json'
      await deviceAuthorizations.approve(ctx.req, ctx.res, {
        code,
        ...(isPasskeyResponse && { response: jsonObject(ctx).response }),
      })
      flashes.set(ctx, devicePath, { done: 'allowed' })
      if (isPasskeyResponse) ctx.body = { redirectTo: devicePath }
      else seeOther(ctx, devicePath)
    },

    async refuse(ctx: Context) {
      await deviceAuthorizations.deny(ctx.req, ctx.res, codeOf(ctx))
      flashes.set(ctx, devicePath, { done: 'refused' })
      seeOther(ctx, devicePath)
    },
  }
}

function codeOf({ query: { code } }: Context): string {
  return typeof code === 'string' ? code.slice(0, 64) : ''
}
