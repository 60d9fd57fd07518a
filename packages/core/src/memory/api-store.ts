import type { Api, ApiGrant } from '../apis/api.ts'
import type { ApiListRequest } from '../apis/api-list.ts'
import type { ApiStore } from '../apis/api-store.ts'
import { nameKey, offsetOf } from '../clients/client-list.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

/** @param grants a map of `state` */
export function createMemoryApiStore(state: MemoryState, grants: Map<string, ApiGrant>): ApiStore {
  const apis = state.map<Api>()

  const find = (id: string) => apis.get(id)

  return state.store<ApiStore>({
    find,
    findForUpdate: find,
    findByResource: (resource) => [...apis.values()].find((api) => api.resource === resource),
    list: () => [...apis.values()].sort(createComparator({ by: 'name', descending: false })),

    page(request) {
      const search = nameKey(request.search)
      const matching = [...apis.values()]
        .filter(({ name, resource }) => nameKey(name).includes(search) || resource.toLowerCase().includes(search))
        .filter(({ id }) => request.notGrantedTo === null || !grants.has(keyOf(id, request.notGrantedTo)))
        .filter(({ accessTokenFormat: format }) => format === (request.accessTokenFormat ?? format))
        .sort(createComparator(request.sort))
      const offset = offsetOf(request, matching.length)
      return { items: matching.slice(offset, offset + request.limit), total: matching.length }
    },

    insert(api) {
      if ([...apis.values()].some(({ resource }) => resource === api.resource)) return false
      apis.set(api.id, api)
      return true
    },

    update(api) {
      if (apis.has(api.id)) apis.set(api.id, api)
    },

    remove(id) {
      removeWhere(grants, ({ apiId }) => apiId === id)
      return apis.delete(id)
    },

    findGrant: (apiId, clientId) => grants.get(keyOf(apiId, clientId)),
    grantsOf: (apiId) => [...grants.values()].filter((grant) => grant.apiId === apiId),
    grantsTo: (clientId) => [...grants.values()].filter((grant) => grant.clientId === clientId),
    setGrant: (grant) => void grants.set(keyOf(grant.apiId, grant.clientId), grant),
    removeGrant: (apiId, clientId) => grants.delete(keyOf(apiId, clientId)),
    removeGrantsTo: (clientId) => removeWhere(grants, (grant) => grant.clientId === clientId),
  })
}

function keyOf(apiId: string, clientId: string): string {
  return JSON.stringify([apiId, clientId])
}

function createComparator(sort: ApiListRequest['sort']): (left: Api, right: Api) => number {
  return (left, right) => {
    const by = sort?.by ?? 'createdAt'
    const tieBreaker = left.createdAt - right.createdAt || compareBytes(left.id, right.id)
    const comparison =
      by === 'createdAt' ? left.createdAt - right.createdAt : compareBytes(textOf(left, by), textOf(right, by))
    return (sort?.descending ? -comparison : comparison) || tieBreaker
  }
}

function textOf(api: Api, by: 'name' | 'resource'): string {
  return by === 'name' ? nameKey(api.name) : api.resource
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
