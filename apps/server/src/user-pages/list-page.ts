import type { PageRequest, UserDetails } from '@pocket/directory'
import type { Context } from 'koa'
import type { ListRequest } from '../http/api/list.ts'
import { bulkNotice } from '../http/bulk.ts'
import { offeredGroups } from '../http/choices.ts'
import { type ListPageDefinition, readListPage } from '../http/list-page.ts'
import { usersPath } from '../http/paths.ts'
import { viewerOf } from '../http/viewer.ts'
import type { UserPageDeps } from './deps.ts'
import type { UserItem } from './page-model.ts'

const baseDefinition: ListPageDefinition = {
  path: usersPath,
  columns: [
    { name: 'name', sort: 'displayName' },
    { name: 'email', sort: 'email', choice: 'shown' },
    { name: 'groups', choice: 'shown' },
    { name: 'passkeys', choice: 'shown' },
    { name: 'lastUsed', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'hidden' },
  ],
  filters: {
    disabled: ['true', 'false'],
    isAdmin: ['true', 'false'],
    passkeys: ['none', 'single', 'on-one-device-only'],
    isFromLdap: ['true', 'false'],
  },
  sort: { column: 'displayName', descending: false },
}

/** `/settings/admin/users`: all users. */
export function userListPages(deps: UserPageDeps) {
  const { pocket, directory, authentication, userPictures, show, flashes, secure } = deps

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
  const passkeyFilter = async ([passkeys]: readonly unknown[] = []): Promise<
    Pick<PageRequest, 'excludedIds' | 'onlyIds'>
  > => {
    if (passkeys === 'none') return { excludedIds: await pocket.passkeys.accountIds() }
    if (passkeys !== 'single' && passkeys !== 'on-one-device-only') return {}
    return { onlyIds: await pocket.passkeys.accountIds(passkeys) }
  }
  /** The groups that the filter offers, including the selected one. */
  const definitionFor = async (ctx: Context): Promise<ListPageDefinition> => {
    const { items } = await offeredGroups(directory.groups)
    const requestedGroupId = ctx.query['filters[group]']
    const isOffered = typeof requestedGroupId !== 'string' || items.some(({ id }) => id === requestedGroupId)
    const requestedGroup = isOffered ? undefined : await directory.groups.find(requestedGroupId)
    const groups = new Map(
      [...items, ...(requestedGroup ? [requestedGroup] : [])].map(({ id, friendlyName }) => [id, friendlyName]),
    )
    return {
      ...baseDefinition,
      filters: { ...baseDefinition.filters, group: [...groups.keys()] },
      labels: { group: groups },
    }
  }
  const findPage = async (request: ListRequest) => {
    const [groupId] = request.filters.group ?? []
    const pageRequest = { ...request, ...(await passkeyFilter(request.filters.passkeys)) }
    return typeof groupId === 'string'
      ? directory.groups.members(groupId, pageRequest)
      : directory.users.page(pageRequest)
  }
  return {
    async list(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const { request, view } = readListPage(ctx, await definitionFor(ctx), secure)
      const { items, total } = await findPage(request)
      await show(ctx, {
        view: 'users',
        viewer: viewerOf(viewer),
        list: view(total),
        users: await toItems(items),
        people: await deps.countPeople(),
        notice: bulkNotice(flashes.consume(ctx, usersPath)),
      })
    },
  }
}
