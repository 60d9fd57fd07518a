import type { Api, ApiGrant } from './api.ts'
import type { ApiList, ApiListRequest } from './api-list.ts'

/** Stores APIs and the access of clients to them. */
export interface ApiStore {
  find(id: string): Promise<Api | undefined>
  /** Like `find`, and locks the API until the running transaction ends. */
  findForUpdate(id: string): Promise<Api | undefined>
  findByResource(resource: string): Promise<Api | undefined>
  /** All APIs, by name. */
  list(): Promise<readonly Api[]>
  /** A page of APIs. The number of statements is independent of the number of APIs. */
  page(request: ApiListRequest): Promise<ApiList>
  /** Returns `false` without a change if the resource is already in use. */
  insert(api: Api): Promise<boolean>
  /** Replaces the stored API with the same ID and resource. */
  update(api: Api): Promise<void>
  /** Removes an API and all access to it; returns `false` if it does not exist. */
  remove(id: string): Promise<boolean>
  findGrant(apiId: string, clientId: string): Promise<ApiGrant | undefined>
  /** In no particular order. */
  grantsOf(apiId: string): Promise<readonly ApiGrant[]>
  grantsTo(clientId: string): Promise<readonly ApiGrant[]>
  /** Adds the grant, or replaces the existing grant of the client at the API. */
  setGrant(grant: ApiGrant): Promise<void>
  removeGrant(apiId: string, clientId: string): Promise<boolean>
  removeGrantsTo(clientId: string): Promise<void>
}
