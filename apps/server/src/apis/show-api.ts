import type { Api } from '@pocket/core'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { ListRequest } from '../http/api/list.ts'
import { bulkNotice } from '../http/bulk.ts'
import { type Confirmation, removalConfirmation } from '../http/confirm-page-model.ts'
import { noticeOf } from '../http/flash.ts'
import { type ListPageDefinition, readListPage } from '../http/list-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { apiValidator, findPermission, permissionValidator } from './administration.ts'
import { newPermission, storedPermission, storedValues } from './api-form.ts'
import type { ApiPageDeps } from './deps.ts'
import type { ApiNotice, ApiPage, ApiTab } from './page-model.ts'
import { pageOfPermissions } from './permission-list.ts'

/** Page state in addition to the stored data: rejected input. */
export type ApiPageOverrides = Partial<Pick<ApiPage, 'values' | 'permission' | 'problems' | 'conflict'>>

export type ShowApi = (ctx: Context, user: User, api: Api, tab: ApiTab, overrides?: ApiPageOverrides) => Promise<void>

const apisPath = '/settings/admin/apis'
const notices: readonly ApiNotice[] = ['created', 'saved', 'access_saved', 'access_removed']

export function apiTabPath(id: string, tab: ApiTab): string {
  const path = `${apisPath}/${encodeURIComponent(id)}`
  return tab === 'permissions' ? path : `${path}/${tab}`
}

export function permissionList({ id, allowCimdClients }: Pick<Api, 'id' | 'allowCimdClients'>): ListPageDefinition {
  return {
    path: apiTabPath(id, 'permissions'),
    columns: [
      { name: 'name', sort: 'name' },
      { name: 'key', sort: 'key' },
      { name: 'description' },
      ...(allowCimdClients ? [{ name: 'offered', sort: 'offered' }] : []),
    ],
    sort: { column: 'key', descending: false },
  }
}

function clientList(id: string): ListPageDefinition {
  return {
    path: apiTabPath(id, 'clients'),
    columns: [{ name: 'name', sort: 'name' }, { name: 'access' }],
    sort: { column: 'name', descending: false },
  }
}

export function createShowApi({ pocket, show, flashes, secure }: ApiPageDeps): ShowApi {
  const { apis, clients } = pocket

  const readClients = async (id: string, request: ListRequest) => {
    const { search, page, limit } = request
    const sort = { by: 'name', descending: request.sort?.descending ?? false } as const
    const granted = await clients.page({ scope: { of: 'granted', apiId: id }, page, limit, search, filters: {}, sort })
    const grants = new Map((await apis.grantsOf(id)).map((grant) => [grant.clientId, grant]))
    const items = granted.items.map(({ client }) => {
      const grant = grants.get(client.id)
      return {
        id: client.id,
        name: client.name,
        userPermissionCount: grant?.userDelegatedAccess ? grant.userDelegatedPermissionIds.length : null,
        clientPermissionCount: grant?.clientAccess ? grant.clientPermissionIds.length : null,
      }
    })
    return { items, total: granted.total, all: grants.size }
  }

  return async (ctx, user, api, tab, overrides = {}) => {
    const { id, name, resource, allowCimdClients, permissions } = api
    const definition = tab === 'clients' ? clientList(id) : permissionList(api)
    const { request, view } = readListPage(ctx, definition, secure)
    const shownPermissions = pageOfPermissions(permissions, request)
    const shownClients = await readClients(id, tab === 'clients' ? request : { ...request, page: 1, limit: 1 })
    const flash = flashes.consume(ctx, apiTabPath(id, tab))
    const notice = noticeOf(notices, flash, name)
    await show(ctx, {
      view: 'api',
      tab,
      viewer: viewerOf(user),
      api: { id, name, resource, allowCimdClients },
      list:
        tab === 'clients'
          ? view(shownClients.total, shownClients.all)
          : view(shownPermissions.total, permissions.length),
      permissions: shownPermissions.items.map((each) => ({ ...storedPermission(each), id: each.id })),
      permissionCount: permissions.length,
      permission: permissionForm(api, ctx.query.permission),
      clients: shownClients.items,
      clientCount: shownClients.all,
      values: storedValues(api),
      version: apiValidator(api),
      problems: [],
      conflict: null,
      notice,
      bulkNotice: notice === null ? bulkNotice(flash) : null,
      removal: apiRemovalConfirmation(api),
      ...overrides,
    })
  }
}

function permissionForm({ permissions }: Api, id: string | string[] | undefined): ApiPage['permission'] {
  if (typeof id !== 'string' || id === '') return { ...newPermission, version: '', problems: [] }
  const permission = findPermission(permissions, id)
  return { ...storedPermission(permission), version: permissionValidator(permission), problems: [] }
}

export function apiRemovalConfirmation({ id, name }: Pick<Api, 'id' | 'name'>): Confirmation {
  return removalConfirmation('apisDelete', name, `${apiTabPath(id, 'permissions')}/remove`)
}
