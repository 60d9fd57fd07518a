import type { ClientStore } from '../clients/client-store.ts'
import { type Api, type ApiPermission, type GrantSubject, permissionsOf } from './api.ts'
import { normalizeResource } from './api-input.ts'
import type { ApiStore } from './api-store.ts'

/** An API and the permissions of a client at it. */
export interface AccessibleApi {
  readonly api: Api
  readonly permissions: readonly ApiPermission[]
}

/** Reads the access of clients on every call, so that revoked access ends immediately. */
export interface ApiAccessReader {
  /** `undefined` if the API does not exist or the client has no access to it. */
  find(resource: string, clientId: string, subject: GrantSubject): Promise<AccessibleApi | undefined>
  /** Whether the API exists, regardless of access. */
  exists(resource: string): Promise<boolean>
}

export function createApiAccess({ apis, clients }: { apis: ApiStore; clients: ClientStore }): ApiAccessReader {
  return {
    async find(resource, clientId, subject) {
      const api = await apis.findByResource(normalizeResource(resource))
      if (!api) return undefined
      const [grant, client] = [await apis.findGrant(api.id, clientId), await clients.find(clientId)]
      const permissions = client && permissionsOf(api, { client, grant, subject })
      return permissions && { api, permissions }
    },
    exists: async (resource) => (await apis.findByResource(normalizeResource(resource))) !== undefined,
  }
}
