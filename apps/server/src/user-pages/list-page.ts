import type { User, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import { bulkNotice } from '../http/bulk.ts'
import { readListPage } from '../http/list-page.ts'
import { usersPath } from '../http/paths.ts'
import { viewerOf } from '../http/viewer.ts'
import type { UserPageDeps } from './deps.ts'
import type { UserItem } from './page-model.ts'
import { createUserList } from './user-list.ts'

export function userListPages(deps: UserPageDeps) {
  const userList = createUserList(deps)
  const { pocket, userPictures, show, flashes, secure } = deps

  const toItems = async (users: readonly UserDetails[]): Promise<readonly UserItem[]> => {
    const ids = users.map(({ id }) => id)
    const pictureUrls = await userPictures(ids)
    const passkeys = new Map((await pocket.passkeys.summarize(ids)).map((summary) => [summary.accountId, summary]))
    return users.map((user) => {
      const { count, synced, lastUsedAt } = passkeys.get(user.id) ?? { count: 0, synced: 0, lastUsedAt: null }
      const { id, userName, displayName, email, administrator, disabled, createdAt } = user
      return {
        ...{ id, userName, displayName, email, administrator, disabled, createdAt },
        isFromLdap: user.ldapId !== null,
        groups: user.groups.map(({ friendlyName }) => friendlyName),
        passkeys: count,
        withSingleDevicePasskey: count === 1 && synced === 0,
        lastUsedAt,
        picture: pictureUrls.get(id) ?? null,
      }
    })
  }
  return {
    async list(ctx: Context, viewer: User) {
      const { request, view } = readListPage(ctx, await userList.definition(ctx.querystring), secure)
      const { items, total } = await userList.page(request)
      const isFiltered = request.search !== '' || Object.keys(request.filters).length > 0
      await show(ctx, {
        view: 'users',
        viewer: viewerOf(viewer),
        list: view(total, isFiltered ? await userList.count() : total),
        users: await toItems(items),
        people: await deps.countPeople(),
        notice: bulkNotice(flashes.consume(ctx, usersPath)),
      })
    },
  }
}
