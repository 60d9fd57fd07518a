import { Readable } from 'node:stream'
import { requestContext } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { formText } from '../http/form.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { accountPaths } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { AccountDeps } from './deps.ts'
import { dataFile } from './own-data-operations.ts'

const dataPath = accountPaths.data

export function dataPages({ users, ownData, show }: AccountDeps): readonly PageRoute[] {
  const showData = async (ctx: Context, user: User) => {
    await show(ctx, { view: 'account-data', viewer: viewerOf(user), removable: await users.canRemoveOwnAccount() })
  }
  const download = async (ctx: Context, user: User) => {
    const chunks = await ownData.exportJson(user, requestContext(ctx.req))
    ctx.set('Content-Disposition', dataFile)
    ctx.set('Cache-Control', 'private, no-store')
    ctx.body = Readable.from(chunks)
    ctx.type = 'application/json; charset=utf-8'
  }
  const remove = async (ctx: Context, user: User) => {
    // The browser enforces the confirmation as well.
    if (formText(ctx, 'sure') !== 'yes') return seeOther(ctx, `${dataPath}#remove-account`)
    await users.removeOwn(pageActor(user, ctx))
    seeOther(ctx, '/account-removed')
  }
  return [
    route.get(dataPath, showData),
    route.post(`${dataPath}/download`, download),
    route.post(`${accountPaths.profile}/remove`, remove),
    route.get('/account-removed', (ctx) => show(ctx, { view: 'account-removed' })),
  ]
}
