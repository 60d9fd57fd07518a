import type { ClientFilter, ClientListRequest, ClientScope, ClientSort } from '@pocket/core'
import type { ListDefinition, ListRequest } from '../http/api/list.ts'

/** Field names of the REST API mapped to field names of core. */
const filters: Readonly<Record<string, Exclude<ClientFilter, 'hasLaunchUrl'>>> = {
  pkceEnabled: 'pkceRequired',
  requiresReauthentication: 'requiresReauthentication',
  requiresPushedAuthorizationRequests: 'requiresPushedAuthorizationRequests',
  skipConsent: 'skipConsent',
  isGroupRestricted: 'isGroupRestricted',
  pkceSupported: 'pkceSupported',
  clientType: 'type',
}
const launchFilter: Readonly<Record<string, ClientFilter>> = { hasLaunchURL: 'hasLaunchUrl' }

const sorts: Readonly<Record<string, ClientSort>> = {
  createdAt: 'createdAt',
  name: 'name',
  ...filters,
  allowedUserGroupsCount: 'allowedGroupCount',
  lastUsedAt: 'lastUsedAt',
}
const userSorts = new Set(['lastUsedAt'])

export const allClients: ListDefinition = {
  sort: Object.keys(sorts).filter((name) => !userSorts.has(name)),
  filter: Object.keys(filters),
  search: true,
}
export const authorizedClients: ListDefinition = { sort: ['lastUsedAt'], filter: ['hasLaunchURL'] }
export const accessibleClients: ListDefinition = {
  sort: Object.keys(sorts),
  filter: [...Object.keys(filters), 'hasLaunchURL'],
}

/** Converts the list query to core's terms. */
export function clientListRequest(list: ListRequest, scope: ClientScope): ClientListRequest {
  const sortKey = list.sort === null ? undefined : sorts[list.sort.column]
  const filterEntries = Object.entries({ ...filters, ...launchFilter }).map(([name, filter]) => [
    filter,
    Object.hasOwn(list.filters, name) ? (list.filters[name] ?? []) : [],
  ])
  return {
    scope,
    page: list.page,
    limit: list.limit,
    search: list.search,
    sort: sortKey === undefined || list.sort === null ? null : { by: sortKey, descending: list.sort.descending },
    filters: Object.fromEntries(filterEntries),
  }
}
