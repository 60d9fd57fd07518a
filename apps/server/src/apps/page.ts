import { type ListedClient, type Passkey, requestContext } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import { consentedScopes } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { createOwnConsents } from '../clients/own-consents.ts'
import type { PageDeps } from '../http/deps.ts'
import { noticeOf } from '../http/flash.ts'
import { formText } from '../http/form.ts'
import { listReturnUrl } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { appsPath } from '../http/paths.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { FavoriteStore } from './favorite-store.ts'
import type { OwnApps } from './own-apps.ts'
import { type AllowedApp, appNotices } from './page-model.ts'

export interface AppDeps extends PageDeps {
  readonly ownApps: OwnApps
  readonly favorites: FavoriteStore
  readonly recovery: Recovery
  readonly hasOnlyOneDevice: (passkeys: readonly Pick<Passkey, 'deviceType'>[]) => boolean
  readonly secondPasskey: {
    isReminderDue(accountId: string, passkeys: readonly Passkey[]): Promise<boolean>
  }
}

export function appPages(deps: AppDeps): readonly PageRoute[] {
  const { pocket, ownApps, favorites, recovery, messagesFor, show, flashes, clock } = deps
  const { hasOnlyOneDevice, secondPasskey } = deps
  const consents = createOwnConsents(deps)

  const showApps = async (ctx: Context, user: User) => {
    const search = ([ctx.query.search ?? ''].flat()[0] ?? '').trim().slice(0, 200)
    const { tiles, more } = await ownApps.listUsable(user.id, search, messagesFor(ctx.req, user).compare)
    const consented = await ownApps.listConsented(user.id, search)
    const flash = flashes.consume(ctx, appsPath)
    const isFirstPasskey = flash.done === 'first_passkey'
    const passkeys = await pocket.passkeys.list(user.id)
    await show(ctx, {
      view: 'apps',
      viewer: viewerOf(user),
      recoveryNotice: await recovery.noticeFor(ctx, user),
      isFirstPasskey,
      suggestsSecondPasskey: isFirstPasskey
        ? hasOnlyOneDevice(passkeys)
        : await secondPasskey.isReminderDue(user.id, passkeys),
      search,
      tiles,
      more,
      allowed: consented.items.map(allowedApp),
      moreAllowed: consented.more,
      notice: noticeOf(appNotices, flash),
    })
  }

  const setFavorite = async (ctx: Context, { id: accountId }: User) => {
    const clientId = String(ctx.params.id)
    if (formText(ctx, 'favorite') === 'yes') {
      if (!(await ownApps.isUsable(accountId, clientId)))
        throw new NotFoundError('not_found', 'There is no such application.')
      await favorites.add({ accountId, clientId, createdAt: clock.now() })
    } else await favorites.remove(accountId, clientId)
    seeOther(ctx, listReturnUrl(appsPath, formText(ctx, 'list', 1000)))
  }

  const confirmWithdrawal = async (ctx: Context, user: User) => {
    const listedClient = await ownApps.findConsented(user.id, String(ctx.params.id))
    if (!listedClient) throw new NotFoundError('not_found', 'There is no consent for this application.')
    const { removal: confirmation } = allowedApp(listedClient)
    await show(ctx, { view: 'confirm', viewer: viewerOf(user), within: 'apps', confirmation, cancelTo: appsPath })
  }

  const withdraw = async (ctx: Context, user: User) => {
    const clientId = String(ctx.params.id)
    const client = await pocket.clients.find(clientId)
    await consents.withdraw(user.id, clientId, requestContext(ctx.req))
    flashes.set(ctx, appsPath, { done: 'withdrawn', name: client?.name ?? clientId })
    seeOther(ctx, appsPath)
  }

  return [
    route.get(appsPath, showApps),
    route.post(`${appsPath}/:id/favorite`, setFavorite),
    route.get(`${appsPath}/:id/withdraw`, confirmWithdrawal),
    route.post(`${appsPath}/:id/withdraw`, withdraw),
  ]
}

function allowedApp({ client: { id, name, createdAt }, consent }: ListedClient): AllowedApp {
  const withdrawPath = `${appsPath}/${encodeURIComponent(id)}/withdraw`
  return {
    id,
    name,
    scopes: consentedScopes(consent?.scopes ?? []),
    lastUsedAt: consent?.updatedAt ?? createdAt,
    confirmUrl: withdrawPath,
    removal: { act: 'withdrawConsent', names: [name], count: 1, submitTo: withdrawPath, fields: [], isDangerous: true },
  }
}
