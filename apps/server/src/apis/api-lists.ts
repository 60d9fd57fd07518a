import type { ApiListRequest, ApiSort } from '@pocket/core'
import { accessTokenFormats } from '@pocket/core/internal'
import type { ListDefinition, ListRequest } from '../http/api/list.ts'

const sorts: Readonly<Record<string, ApiSort>> = {
  name: 'name',
  resource: 'resource',
  audience: 'resource',
  createdAt: 'createdAt',
}

export const apiList: ListDefinition = { sort: Object.keys(sorts), search: true }

/** Converts the list query to core's terms. */
export function apiListRequest(list: ListRequest, notGrantedTo: string | null): ApiListRequest {
  const sortKey = list.sort === null ? undefined : sorts[list.sort.column]
  return {
    notGrantedTo,
    accessTokenFormat: accessTokenFormats.find((format) => list.filters.format?.includes(format)) ?? null,
    page: list.page,
    limit: list.limit,
    search: list.search,
    sort: sortKey === undefined || list.sort === null ? null : { by: sortKey, descending: list.sort.descending },
  }
}
