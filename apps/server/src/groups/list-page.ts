import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { createClientAdministration } from '../clients/administration.ts'
import { bulkNotice } from '../http/bulk.ts'
import { type BulkAction, runBulkAction, submittedAct } from '../http/bulk-actions.ts'
import { type ListPageDefinition, listRequestOf, readListPage } from '../http/list-page.ts'
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

export function groupListPages(deps: GroupPageDeps) {
  const { pocket, directory, groups, reauthentication, show, flashes, secure } = deps
  const clientAdministration = createClientAdministration(deps)
  return {
    async list(ctx: Context, viewer: User) {
      const { request, view } = readListPage(ctx, definition, secure)
      const { items, total } = await directory.groups.page(request)
      const isUnfiltered = request.search === '' && Object.keys(request.filters).length === 0
      const totalCount = isUnfiltered ? total : (await directory.groups.first(1)).total
      await show(ctx, {
        view: 'groups',
        viewer: viewerOf(viewer),
        list: view(total, totalCount),
        groups: items,
        totalCount,
        notice: bulkNotice(flashes.consume(ctx, groupsPath)),
      })
    },

    async bulk(ctx: Context, viewer: User) {
      const actor = pageActor(viewer, ctx)
      const acts: Readonly<Record<string, Pick<BulkAction<Item>, 'work' | 'choice' | 'isDangerous'>>> = {
        // Reading and writing are exclusive, so that no concurrent change is lost.
        'allow-clients': {
          choice: { kind: 'restricted-clients' },
          work: ({ id }, chosen) =>
            directory.withLock(async () => {
              const before = (await pocket.clients.allowedTo(id)).map((client) => client.id)
              await clientAdministration.setAllowedTo(actor, id, [...new Set([...before, ...chosen])])
              return (await pocket.clients.allowedTo(id)).length !== before.length
            }),
          isDangerous: false,
        },
        delete: { work: ({ id }) => groups.remove(actor, id) },
      }
      const name = submittedAct(ctx)
      const act = Object.hasOwn(acts, name) ? acts[name] : undefined
      if (act === undefined) return seeOther(ctx, groupsPath)
      await runBulkAction<Item>(
        ctx,
        {
          ...{ viewer, path: groupsPath, within: 'groups', asks: `groups.${name}`, act: name, ...act },
          find: async (ids) => (await directory.groups.list(ids)).map(toItem),
          async findMatching(query, limit) {
            const request = listRequestOf(definition, query)
            const { items, total } = await directory.groups.page({ ...request, page: 1, limit })
            return { items: items.map(toItem), total }
          },
          async protect(items, run) {
            for (const { id } of items)
              if (await directory.groups.hasAdministrator(id)) return reauthentication.when('administrator-group', run)
            return run
          },
        },
        deps,
      )
    },
  }
}

interface Item {
  readonly id: string
  readonly name: string
}

function toItem({ id, friendlyName }: { readonly id: string; readonly friendlyName: string }): Item {
  return { id, name: friendlyName }
}
