import type { Api, ApiGrant } from './api.ts'
import type { ApiList, ApiListRequest } from './api-list.ts'

/** Where APIs are kept, and the access of clients to them. */
export interface ApiStore {
  find(id: string): Promise<Api | undefined>
  /** The same, and nobody else changes this API until the running transaction ends. */
  findForUpdate(id: string): Promise<Api | undefined>
  findByResource(resource: string): Promise<Api | undefined>
  /** All of them, by name. */
  list(): Promise<readonly Api[]>
  /** A page of them. The number of statements does not depend on how many there are. */
  page(request: ApiListRequest): Promise<ApiList>
  /** Returns `false`, and changes nothing, where the resource is taken. */
  insert(api: Api): Promise<boolean>
  /** Replaces the stored API of the same id and resource. */
  update(api: Api): Promise<void>
  /** Removes an API and all access to it; returns `false` where there is none. */
  remove(id: string): Promise<boolean>
  findGrant(apiId: string, clientId: string): Promise<ApiGrant | undefined>
  /** In no certain order. */
  grantsOf(apiId: string): Promise<readonly ApiGrant[]>
  grantsTo(clientId: string): Promise<readonly ApiGrant[]>
  /** Adds the grant, or replaces the one that the client has at the API. */
  setGrant(grant: ApiGrant): Promise<void>
  removeGrant(apiId: string, clientId: string): Promise<boolean>
  removeGrantsTo(clientId: string): Promise<void>
}
