import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { type Actor, pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { accountPaths, userPath, usersPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { PasskeyServices } from './deps.ts'
import type { PasskeyRemovedPage, RemovalNote } from './page-model.ts'
import type { ReviewedRemoval } from './passkey-removals.ts'

const ownPasskeysPath = `${accountPaths.profile}/passkeys` as const

/** The path of the page of the credentials that were created with a removed passkey; the owner's page if no user is given. */
export function passkeyRemovedPath(passkeyId: string, userId?: string): string {
  const passkeys = userId === undefined ? ownPasskeysPath : `${userPath(userId)}/passkeys`
  return `${passkeys}/${encodeURIComponent(passkeyId)}/removed`
}

/** For pages that list passkeys. */
export function removalNotes(removals: readonly ReviewedRemoval[], userId?: string): readonly RemovalNote[] {
  return removals.map(({ passkeyId, passkeyName }) => ({
    passkeyName,
    reviewUrl: passkeyRemovedPath(passkeyId, userId),
  }))
}

export function passkeyRemovedPages(deps: PageDeps & PasskeyServices): readonly PageRoute[] {
  const { passkeyRemovals, users, show, flashes } = deps

  const resolveOwner = async (_ctx: Context, { id }: User) =>
    ({ accountId: id, within: 'account', backTo: accountPaths.security }) as const
  const resolveUser = async (ctx: Context) => {
    const { id } = await users.find(String(ctx.params.id))
    return { accountId: id, within: 'user', backTo: userPath(id) } as const
  }
  const createPages = (resolveAccount: typeof resolveOwner | typeof resolveUser) => ({
    async read(ctx: Context, viewer: User) {
      const { accountId, within, backTo } = await resolveAccount(ctx, viewer)
      const actor: Actor = pageActor(viewer, ctx)
      const { passkeyName, credentials } = await passkeyRemovals.find(actor, accountId, String(ctx.params.passkeyId))
      const page: PasskeyRemovedPage = {
        view: 'passkey-removed',
        viewer: viewerOf(viewer),
        within,
        passkeyName,
        credentials,
        submitTo: `${ctx.path}/withdraw`,
        backTo,
        withdrawn: flashes.consume(ctx, ctx.path).done === 'withdrawn',
      }
      await show(ctx, page)
    },
    async withdraw(ctx: Context, viewer: User) {
      const { accountId } = await resolveAccount(ctx, viewer)
      const pagePath = ctx.path.replace(/\/withdraw$/, '')
      await passkeyRemovals.withdraw(pageActor(viewer, ctx), accountId, String(ctx.params.passkeyId))
      flashes.set(ctx, pagePath, { done: 'withdrawn' })
      seeOther(ctx, pagePath)
    },
  })
  const [ownPages, administrationPages] = [createPages(resolveOwner), createPages(resolveUser)]
  const userPasskeyPath = `${usersPath}/:id/passkeys/:passkeyId/removed` as const
  return [
    route.get(`${ownPasskeysPath}/:passkeyId/removed`, ownPages.read),
    route.post(`${ownPasskeysPath}/:passkeyId/removed/withdraw`, ownPages.withdraw),
    route.get(userPasskeyPath, administrationPages.read),
    route.post(`${userPasskeyPath}/withdraw`, administrationPages.withdraw),
  ]
}
