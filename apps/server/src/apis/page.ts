import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import { bulkNotice } from '../http/bulk.ts'
import { runBulkAction } from '../http/bulk-actions.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { runFormAction } from '../http/form-page.ts'
import { type ListPageDefinition, listRequestOf, readListPage } from '../http/list-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { apiAccessPages } from './access-page.ts'
import { createApiAdministration } from './administration.ts'
import { apiDetailsPages } from './api-details-page.ts'
import { apiInput, newApi, submittedValues } from './api-form.ts'
import { apiListRequest } from './api-lists.ts'

const apisPath = '/settings/admin/apis'

const list: ListPageDefinition = {
  path: apisPath,
  columns: [
    { name: 'name', sort: 'name' },
    { name: 'resource', sort: 'resource' },
    { name: 'format', choice: 'shown' },
    { name: 'permissions', choice: 'shown' },
    { name: 'created', sort: 'createdAt', choice: 'hidden' },
  ],
  filters: { format: ['jwt', 'opaque'] },
  sort: { column: 'name', descending: false },
}

export function apiPages(deps: PageDeps): readonly PageRoute[] {
  const { pocket, show, flashes, secure } = deps
  const { apis } = pocket
  const administration = createApiAdministration(deps)
  const pageDeps = { ...deps, administration, path: apisPath } as const

  const showList = async (ctx: Context, user: User) => {
    const viewer = viewerOf(user)
    const listPage = readListPage(ctx, list, secure)
    const { items, total } = await apis.page(apiListRequest(listPage.request, null))
    const isFiltered = listPage.request.search !== '' || Object.keys(listPage.request.filters).length > 0
    const flash = flashes.consume(ctx, apisPath)
    const { removed } = flash
    await show(ctx, {
      view: 'apis',
      viewer,
      list: listPage.view(total, isFiltered ? (await apis.list()).length : total),
      apis: items.map(({ id, name, resource, accessTokenFormat, permissions, createdAt }) => ({
        id,
        name,
        resource,
        format: accessTokenFormat,
        permissions: permissions.length,
        createdAt,
      })),
      removed: typeof removed === 'string' ? removed : null,
      bulkNotice: bulkNotice(flash),
    })
  }

  const removeBulk = async (ctx: Context, user: User) => {
    await runBulkAction(
      ctx,
      {
        viewer: user,
        path: apisPath,
        within: 'apis',
        asks: 'apisDelete',
        act: 'delete',
        find: async (ids) => (await Promise.all(ids.map((id) => apis.find(id)))).filter((api) => api !== undefined),
        findMatching: async (query, limit) =>
          apis.page(apiListRequest({ ...listRequestOf(list, query), page: 1, limit }, null)),
        work: ({ id }) => administration.remove(pageActor(user, ctx), id),
      },
      { show, flashes },
    )
  }

  const showNew = async (ctx: Context, user: User) => {
    const viewer = viewerOf(user)
    await show(ctx, { view: 'api-new', viewer, values: { ...newApi, resource: '' }, problems: [] })
  }

  const create = async (ctx: Context, user: User) => {
    const values = { ...submittedValues(ctx), resource: formText(ctx, 'resource', 2000).trim() }
    const refusal = await runFormAction(async () => {
      const { id } = await administration.create(pageActor(user, ctx), {
        ...apiInput(values),
        resource: values.resource,
      })
      flashes.set(ctx, `${apisPath}/${id}`, { done: 'created' })
      seeOther(ctx, `${apisPath}/${id}`)
    })
    if (!refusal) return
    await show(ctx, { view: 'api-new', viewer: viewerOf(user), values, problems: refusal.problems })
    ctx.status = refusal.status
  }

  return [
    route.get(apisPath, showList),
    route.post(`${apisPath}/bulk`, removeBulk),
    route.get(`${apisPath}/new`, showNew),
    route.post(`${apisPath}/new`, create),
    ...apiAccessPages(pageDeps),
    ...apiDetailsPages(pageDeps),
  ]
}
