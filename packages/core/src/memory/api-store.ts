import type { Api, ApiGrant } from '../apis/api.ts'
import type { ApiList, ApiListRequest } from '../apis/api-list.ts'
import type { ApiStore } from '../apis/api-store.ts'
import { nameKey, offsetOf } from '../clients/client-list.ts'
import { type MemoryState, removeWhere } from './memory-state.ts'

export class MemoryApiStore implements ApiStore {
  readonly #state: MemoryState
  readonly #apis: Map<string, Api>
  readonly #grants: Map<string, ApiGrant>

  /** @param grants a map of `state` */
  constructor(state: MemoryState, grants: Map<string, ApiGrant>) {
    this.#state = state
    this.#apis = state.map()
    this.#grants = grants
  }

  find(id: string): Promise<Api | undefined> {
    return this.#state.run(() => this.#apis.get(id))
  }

  findForUpdate(id: string): Promise<Api | undefined> {
    return this.find(id)
  }

  findByResource(resource: string): Promise<Api | undefined> {
    return this.#state.run(() => [...this.#apis.values()].find((api) => api.resource === resource))
  }

  list(): Promise<readonly Api[]> {
    return this.#state.run(() => [...this.#apis.values()].sort(createComparator({ by: 'name', descending: false })))
  }

  page(request: ApiListRequest): Promise<ApiList> {
    return this.#state.run(() => {
      const search = nameKey(request.search)
      const matching = [...this.#apis.values()]
        .filter(({ name, resource }) => nameKey(name).includes(search) || resource.toLowerCase().includes(search))
        .filter(({ id }) => request.notGrantedTo === null || !this.#grants.has(keyOf(id, request.notGrantedTo)))
        .filter(({ accessTokenFormat: format }) => format === (request.accessTokenFormat ?? format))
        .sort(createComparator(request.sort))
      const offset = offsetOf(request, matching.length)
      return { items: matching.slice(offset, offset + request.limit), total: matching.length }
    })
  }

  insert(api: Api): Promise<boolean> {
    return this.#state.run(() => {
      if ([...this.#apis.values()].some(({ resource }) => resource === api.resource)) return false
      this.#apis.set(api.id, api)
      return true
    })
  }

  update(api: Api): Promise<void> {
    return this.#state.run(() => {
      if (this.#apis.has(api.id)) this.#apis.set(api.id, api)
    })
  }

  remove(id: string): Promise<boolean> {
    return this.#state.run(() => {
      removeWhere(this.#grants, ({ apiId }) => apiId === id)
      return this.#apis.delete(id)
    })
  }

  findGrant(apiId: string, clientId: string): Promise<ApiGrant | undefined> {
    return this.#state.run(() => this.#grants.get(keyOf(apiId, clientId)))
  }

  grantsOf(apiId: string): Promise<readonly ApiGrant[]> {
    return this.#state.run(() => [...this.#grants.values()].filter((grant) => grant.apiId === apiId))
  }

  grantsTo(clientId: string): Promise<readonly ApiGrant[]> {
    return this.#state.run(() => [...this.#grants.values()].filter((grant) => grant.clientId === clientId))
  }

  setGrant(grant: ApiGrant): Promise<void> {
    return this.#state.run(() => void this.#grants.set(keyOf(grant.apiId, grant.clientId), grant))
  }

  removeGrant(apiId: string, clientId: string): Promise<boolean> {
    return this.#state.run(() => this.#grants.delete(keyOf(apiId, clientId)))
  }

  removeGrantsTo(clientId: string): Promise<void> {
    return this.#state.run(() => removeWhere(this.#grants, (grant) => grant.clientId === clientId))
  }
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
