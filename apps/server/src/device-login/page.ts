import type { AuthenticationCeremony } from '@pocket/core'
import { PocketError } from '@pocket/core/errors'
import { isUserCode } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { deviceOf } from '../http/device.ts'
import { jsonObject } from '../http/form.ts'
import { seeOther } from '../http/show-page.ts'
import type { DevicePage } from './page-model.ts'
import { waitingPages } from './waiting-page.ts'

const devicePath = '/device'

/** The errors of a user who may not use the client, who can deny the request. */
const refusals = new Set(['client_not_allowed', 'second_passkey_required'])

/**
 * `/login/device` on the waiting device, `/device` on the device that approves it.
 *
 * @param showAuthorization - shows the device authorization request of an application
 */
export function devicePages(
  deps: PageDeps,
  showAuthorization: (ctx: Context, user: User, code: string) => Promise<void>,
) {
  const { pocket, show, flashes } = deps

  const actionUrl = (decision: 'approve' | 'deny', code: string) =>
    `${devicePath}/${decision}?${new URLSearchParams({ code })}`

  const ceremony = async (ctx: Context, code: string): Promise<AuthenticationCeremony> => ({
    ...(await pocket.signIn.request(ctx.req, ctx.res)),
    refreshFrom: actionUrl('approve', code),
    submitTo: actionUrl('approve', code),
  })

  const findRequest = async (ctx: Context, code: string): Promise<DevicePage['request']> => {
    const { userCode, userAgent, ipAddress } = await pocket.deviceLogins.find(code)
    return {
      ...{ userCode, device: deviceOf(userAgent), ipAddress },
      ceremony: await ceremony(ctx, userCode),
      denyTo: actionUrl('deny', userCode),
    }
  }

  const showDevice = (ctx: Context, user: User, page: Partial<DevicePage>) =>
    show(ctx, {
      view: 'device',
      userName: user.userName,
      code: '',
      problem: null,
      request: null,
      done: null,
      ...page,
    })

  return {
    waiting: waitingPages(deps),

    async show(ctx: Context, user: User) {
      const code = codeOf(ctx)
      // The result for one code does not apply to another.
      const { done } = code === '' ? flashes.consume(ctx, devicePath) : {}
      if (done === 'approved' || done === 'denied' || done === 'allowed' || done === 'refused')
        return showDevice(ctx, user, { done })
      if (code === '') return showDevice(ctx, user, {})
      try {
        if (isUserCode(code)) await showAuthorization(ctx, user, code)
        else await showDevice(ctx, user, { request: await findRequest(ctx, code) })
      } catch (error) {
        if (!(error instanceof PocketError) || error.status >= 500) throw error
        const query = new URLSearchParams({ code })
        const notAllowed = {
          refuseTo: `${devicePath}/refuse?${query}`,
          otherDeviceUrl: `/login?${new URLSearchParams({ another: 'yes', redirect: `${devicePath}?${query}` })}`,
        }
        const problem = error.code
        await showDevice(ctx, user, { code, problem, ...(refusals.has(problem) && { notAllowed }) })
        ctx.status = 404
      }
    },

    async approve(ctx: Context, { id: accountId }: User) {
      const code = codeOf(ctx)
      // Checks the code before the passkey assertion is consumed.
      await pocket.deviceLogins.find(code)
      await pocket.signIn.confirm(ctx.req, ctx.res, { accountId, response: jsonObject(ctx).response })
      await pocket.deviceLogins.decide(ctx.req, { code, accountId, status: 'approved' })
      flashes.set(ctx, devicePath, { done: 'approved' })
      ctx.body = { redirectTo: devicePath }
    },

    async refresh(ctx: Context) {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await ceremony(ctx, codeOf(ctx))
    },

    /** Needs no passkey, because it grants nothing. */
    async deny(ctx: Context, { id: accountId }: User) {
      await pocket.deviceLogins.decide(ctx.req, { code: codeOf(ctx), accountId, status: 'denied' })
      flashes.set(ctx, devicePath, { done: 'denied' })
      seeOther(ctx, devicePath)
    },
  }
}

/** Accepts `user_code`, which the verification URI of a device contains (RFC 8628 §3.3.1). */
function codeOf({ query: { user_code: userCode, code = userCode } }: Context): string {
  return typeof code === 'string' ? code.trim().slice(0, 64) : ''
}
