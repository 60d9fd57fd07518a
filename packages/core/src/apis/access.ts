import type { ClientStore } from '../clients/client-store.ts'
import { type Api, type ApiPermission, type GrantSubject, permissionsOf } from './api.ts'
import { normalResource } from './api-input.ts'
import type { ApiStore } from './api-store.ts'

/** An API, and what a client may do there. */
export interface AccessibleApi {
  readonly api: Api
  readonly permissions: readonly ApiPermission[]
}

/** Where a client may go, read anew each time, so that what an administrator takes away is gone at once. */
export interface ApiAccessReader {
  /** `undefined` where there is no such API, or where the client has no access to it. */
  find(resource: string, clientId: string, subject: GrantSubject): Promise<AccessibleApi | undefined>
  /** Whether there is such an API, whoever may go there. */
  knows(resource: string): Promise<boolean>
}

export function createApiAccess({ apis, clients }: { apis: ApiStore; clients: ClientStore }): ApiAccessReader {
  return {
    async find(resource, clientId, subject) {
      const api = await apis.findByResource(normalResource(resource))
      if (!api) return undefined
      const [grant, client] = [await apis.findGrant(api.id, clientId), await clients.find(clientId)]
      const permissions = client && permissionsOf(api, { client, grant, subject })
      return permissions && { api, permissions }
    },
    knows: async (resource) => (await apis.findByResource(normalResource(resource))) !== undefined,
  }
}
