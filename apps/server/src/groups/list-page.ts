import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { applyToEach, bulkNotice } from '../http/bulk.ts'
import { formText, formTexts } from '../http/form.ts'
import { type ListPageDefinition, listReturnUrl, readListPage } from '../http/list-page.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { GroupPageDeps } from './deps.ts'
import { groupsPath } from './show-group.ts'

const definition: ListPageDefinition = {
  path: groupsPath,
  columns: [
    { name: 'friendlyName', sort: 'friendlyName' },
    { name: 'name', sort: 'name', choice: 'shown' },
    { name: 'userCount', sort: 'userCount', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'hidden' },
  ],
  filters: { hasMembers: ['true', 'false'], isFromLdap: ['true', 'false'] },
  sort: { column: 'friendlyName', descending: false },
}

/** `/settings/admin/user-groups`: the list of groups and bulk deletion. */
export function groupListPages(deps: GroupPageDeps) {
  const { directory, groups, authentication, reauthentication, show, flashes, secure } = deps
  return {
    async list(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const { request, view } = readListPage(ctx, definition, secure)
      const { items, total } = await directory.groups.page(request)
      const isUnfiltered = request.search === '' && Object.keys(request.filters).length === 0
      const countRequest = { page: 1, limit: 1, sort: null, filters: {}, search: '' }
      const totalCount = isUnfiltered ? total : (await directory.groups.page(countRequest)).total
      await show(ctx, {
        view: 'groups',
        viewer: viewerOf(viewer),
        list: view(total),
        groups: items,
        totalCount,
        notice: bulkNotice(flashes.consume(ctx, groupsPath)),
      })
    },

    async bulk(ctx: Context) {
      const viewer = await authentication.requireUser(ctx)
      const list = formText(ctx, 'list', 2000)
      const listUrl = listReturnUrl(groupsPath, list)
      const selectedGroups = await directory.groups.list(formTexts(ctx, 'ids').slice(0, 100))
      if (selectedGroups.length === 0) {
        flashes.set(ctx, groupsPath, { done: 'nothing', count: 0, refused: [] })
        return seeOther(ctx, listUrl)
      }
      const remove = async () => {
        const actor = pageActor(viewer, ctx)
        const items = selectedGroups.map(({ id, friendlyName }) => ({ id, name: friendlyName }))
        flashes.set(ctx, groupsPath, await applyToEach('delete', items, ({ id }) => groups.remove(actor, id)))
        seeOther(ctx, listUrl)
      }
      if (formText(ctx, 'confirmed', 3) === 'yes') {
        const adminFlags = await Promise.all(selectedGroups.map(({ id }) => directory.groups.hasAdministrator(id)))
        return adminFlags.includes(true) ? reauthentication.when('administrator-group', remove)(ctx) : remove()
      }
      await show(ctx, {
        view: 'confirm',
        viewer: viewerOf(viewer),
        within: 'groups',
        confirmation: {
          act: 'groups.delete',
          names: selectedGroups.map(({ friendlyName }) => friendlyName),
          count: selectedGroups.length,
          submitTo: `${groupsPath}/bulk`,
          fields: [
            { name: 'act', value: 'delete' },
            { name: 'list', value: list },
            ...selectedGroups.map(({ id }) => ({ name: 'ids', value: id })),
          ],
          isDangerous: true,
        },
        cancelTo: listUrl,
      })
    },
  }
}
