import type { AuthenticationCeremony, Pocket } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { deviceOf } from '../http/device.ts'
import type { Flashes } from '../http/flash.ts'
import { jsonObject } from '../http/form.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'

export interface DeviceAuthorizationPagePorts {
  readonly pocket: Pick<Pocket, 'deviceAuthorizations' | 'signIn'>
  readonly show: ShowPage
  readonly flashes: Flashes
}

const home = '/device'

/** The part of `/device` that approves or denies a device authorization request. */
export function deviceAuthorizationPages({ pocket, show, flashes }: DeviceAuthorizationPagePorts) {
  const { deviceAuthorizations, signIn } = pocket
  const at = (act: 'allow' | 'refuse', code: string) => `${home}/${act}?${new URLSearchParams({ code })}`

  const ceremony = async ({ req, res }: Context, code: string): Promise<AuthenticationCeremony> => ({
    ...(await signIn.request(req, res)),
    refreshFrom: at('allow', code),
    submitTo: at('allow', code),
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
        allowTo: at('allow', userCode),
        refuseTo: at('refuse', userCode),
      })
    },

    async refresh(ctx: Context) {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx, codeOf(ctx))
    },

    /** Accepts a form submission or a passkey assertion. */
    async allow(ctx: Context) {
      const code = codeOf(ctx)
      const byPasskey = ctx.is('json') === 'json'
      await deviceAuthorizations.approve(ctx.req, ctx.res, {
        code,
        ...(byPasskey && { response: jsonObject(ctx).response }),
      })
      flashes.leave(ctx, home, { done: 'allowed' })
      if (byPasskey) ctx.body = { redirectTo: home }
      else seeOther(ctx, home)
    },

    async refuse(ctx: Context) {
      await deviceAuthorizations.deny(ctx.req, ctx.res, codeOf(ctx))
      flashes.leave(ctx, home, { done: 'refused' })
      seeOther(ctx, home)
    },
  }
}

function codeOf({ query: { code } }: Context): string {
  return typeof code === 'string' ? code.slice(0, 64) : ''
}
