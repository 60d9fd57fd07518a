import type { Pocket } from '@pocket/core'
import type { Directory, PageRequest, User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { formText, formTexts } from '../http/form.ts'
import { backTo, type ListPageDefinition, readListPage } from '../http/list-page.ts'
import type { ReauthenticationPages } from '../http/reauthentication.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { pageActor } from './actor.ts'
import { bulkNotice, withEach } from './bulk.ts'
import { knownGroups } from './group-choices.ts'
import type { UserItem } from './page-model.ts'
import { usersPath } from './paths.ts'
import type { UserAdministration } from './user-administration.ts'
import { bodyOf, storedValues } from './user-form.ts'

export interface UserListPorts {
  readonly pocket: Pick<Pocket, 'passkeys'>
  readonly directory: Directory
  readonly users: UserAdministration
  readonly authentication: Authentication
  readonly reauthentication: Pick<ReauthenticationPages, 'sensitive'>
  /** The addresses of the pictures that users have of their own. */
  readonly pictures: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly show: ShowPage
  readonly flashes: Flashes
  readonly secure: boolean
}

const definition: ListPageDefinition = {
  path: usersPath,
  columns: [
    { name: 'name', sort: 'displayName' },
    { name: 'email', sort: 'email', choice: 'shown' },
    { name: 'groups', choice: 'shown' },
    { name: 'passkeys', choice: 'shown' },
    { name: 'lastUsed', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'hidden' },
    { name: 'state' },
  ],
  filters: {
    disabled: ['true', 'false'],
    isAdmin: ['true', 'false'],
    passkeys: ['none', 'single', 'on-one-device-only'],
  },
  sort: { column: 'displayName', descending: false },
}
const acts = ['enable', 'disable', 'add-to-group', 'delete'] as const

/** `/settings/admin/users`: everybody, and what is done with several of them. */
export function userListPages(ports: UserListPorts) {
  const { pocket, directory, users, authentication, reauthentication, pictures, show, flashes, secure } = ports

  const itemsOf = async (found: readonly UserDetails[]): Promise<readonly UserItem[]> => {
    const ids = found.map(({ id }) => id)
    const own = await pictures(ids)
    const passkeys = new Map((await pocket.passkeys.summarize(ids)).map((each) => [each.accountId, each]))
    return found.map((user) => {
      const { count, synced, lastUsedAt } = passkeys.get(user.id) ?? { count: 0, synced: 0, lastUsedAt: null }
      const { id, userName, displayName, email, administrator, disabled, createdAt } = user
      return {
        ...{ id, userName, displayName, email, administrator, disabled, createdAt },
        groups: user.groups.map(({ friendlyName }) => friendlyName),
        passkeys: count,
        onOneDeviceOnly: count === 1 && synced === 0,
        lastUsedAt,
        picture: own.get(id) ?? null,
      }
    })
  }
  const chosenBy = async ([passkeys]: readonly unknown[] = []): Promise<Pick<PageRequest, 'among' | 'without'>> => {
    if (passkeys === 'none') return { without: await pocket.passkeys.accountIds() }
    if (passkeys !== 'single' && passkeys !== 'on-one-device-only') return {}
    return { among: await pocket.passkeys.accountIds(passkeys) }
  }
  const chosen = async (ctx: Context): Promise<readonly User[]> => {
    const found = await Promise.all(
      formTexts(ctx, 'ids')
        .slice(0, 100)
        .map((id) => directory.find(id)),
    )
    return found.filter((user) => user !== undefined)
  }
  const done = async (ctx: Context, actor: User, act: (typeof acts)[number], concerned: readonly User[]) => {
    const by = pageActor(actor, ctx)
    const named = concerned.map(({ id, displayName }) => ({ id, name: displayName }))
    const groupId = formText(ctx, 'group', 100)
    return withEach(act, named, async ({ id }) => {
      const user = await users.find(id)
      if (act === 'delete') return users.remove(by, id)
      if (act !== 'add-to-group')
        return users.update(by, id, { ...bodyOf(storedValues(user), user), disabled: act === 'disable' })
      return users.setGroups(by, id, [...user.groups.map((group) => group.id), groupId])
    })
  }

  return {
    async list(ctx: Context) {
      const viewer = await authentication.requireAdministrator(ctx)
      const { request, view } = readListPage(ctx, definition, secure)
      const { items, total } = await directory.users.page({ ...request, ...(await chosenBy(request.filters.passkeys)) })
      const everybody = { page: 1, limit: 1, sort: null, search: '' }
      const { total: enabled } = await directory.users.page({ ...everybody, filters: { disabled: [false] } })
      await show(ctx, {
        view: 'users',
        viewer: viewerOf(viewer),
        list: view(total),
        users: await itemsOf(items),
        enabled,
        onOneDeviceOnly: (await pocket.passkeys.overview()).onOneDeviceOnly,
        notice: bulkNotice(flashes.take(ctx, usersPath)),
      })
    },

    async bulk(ctx: Context) {
      const viewer = await authentication.requireAdministrator(ctx)
      const back = backTo(usersPath, formText(ctx, 'list', 2000))
      const act = acts.find((known) => known === formText(ctx, 'act', 20))
      const concerned = await chosen(ctx)
      const finish = async () => {
        if (act) flashes.leave(ctx, usersPath, await done(ctx, viewer, act, concerned))
        seeOther(ctx, back)
      }
      if (act === undefined || concerned.length === 0) {
        flashes.leave(ctx, usersPath, { done: 'nothing', count: 0, refused: [] })
        return seeOther(ctx, back)
      }
      if (formText(ctx, 'confirmed', 3) === 'yes')
        return concerned.some(({ administrator }) => administrator) ? reauthentication.sensitive(finish)(ctx) : finish()
      await show(ctx, {
        view: 'confirm',
        viewer: viewerOf(viewer),
        within: 'users',
        confirmation: {
          act: `users.${act}`,
          names: concerned.map(({ displayName }) => displayName),
          count: concerned.length,
          submitTo: `${usersPath}/bulk`,
          fields: [
            { name: 'act', value: act },
            { name: 'list', value: formText(ctx, 'list', 2000) },
            ...concerned.map(({ id }) => ({ name: 'ids', value: id })),
          ],
          ...(act === 'add-to-group' && {
            choice: {
              name: 'group',
              options: (await knownGroups(directory.groups)).items.map(({ id, friendlyName }) => ({
                value: id,
                label: friendlyName,
              })),
            },
          }),
          isDangerous: act === 'delete' || act === 'disable',
        },
        cancelTo: back,
      })
    },
  }
}
