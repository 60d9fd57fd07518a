import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { PageDeps } from '../http/deps.ts'
import { jsonObject } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { addPasskeyPath } from '../http/paths.ts'
import { sameSitePath } from '../http/same-site-path.ts'
import { welcomePath } from './first-passkey.ts'

const home = '/settings/account'

/** `/signup/add-passkey`: the destination of invitations and of users who signed up without a passkey. */
export function addPasskeyPages({ pocket, flashes, show }: PageDeps): readonly PageRoute[] {
  const redirectTarget = (ctx: Context) => sameSitePath(ctx.query.redirect, home)
  const pages = {
    async show(ctx: Context, { displayName }: User) {
      const next = redirectTarget(ctx)
      const query = next === home ? '' : `?${new URLSearchParams({ redirect: next })}`
      await show(ctx, { view: 'add-passkey', name: displayName, submitTo: addPasskeyPath + query, laterUrl: next })
    },

    async options(ctx: Context, { id, userName, displayName }: User) {
      const subject = { accountId: id, userName, displayName }
      ctx.body = { options: await pocket.registration.options(ctx.req, ctx.res, { subject, purpose: 'registration' }) }
    },

    async finish(ctx: Context, { id }: User) {
      const { response } = jsonObject(ctx)
      await pocket.registration.add(ctx.req, ctx.res, { response, purpose: 'registration', accountId: id })
      const next = redirectTarget(ctx)
      const isFirst = next === home && (await pocket.passkeys.list(id)).length === 1
      ctx.body = { redirectTo: isFirst ? welcomePath(ctx, flashes) : next }
    },
  }

  return [
    route.get('/signup/add-passkey', pages.show),
    route.post('/signup/add-passkey/options', pages.options),
    route.post('/signup/add-passkey', pages.finish),
  ]
}
