import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import { formText } from '../http/form.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { pageActor } from '../users/actor.ts'
import type { UserAdministration } from '../users/user-administration.ts'

export interface AccountRemovalPorts {
  readonly authentication: Authentication
  readonly users: Pick<UserAdministration, 'removeOwn'>
  readonly show: ShowPage
}

/** The part of `/settings/account` where people delete themselves, and where that leads. */
export function accountRemovalPages({ authentication, users, show }: AccountRemovalPorts) {
  return {
    async remove(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      // The browser asks for it as well.
      if (formText(ctx, 'sure') !== 'yes') return seeOther(ctx, '/settings/account#remove-account')
      await users.removeOwn(pageActor(user, ctx))
      seeOther(ctx, '/account-removed')
    },

    done: (ctx: Context) => show(ctx, { view: 'account-removed' }),
  }
}
