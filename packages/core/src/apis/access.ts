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
  /** The permissions of a client at all APIs that users can delegate to it. */
  userScopes(clientId: string): Promise<ReadonlySet<string>>
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
    async userScopes(clientId) {
      const client = await clients.find(clientId)
      if (!client) return new Set()
      const grants = new Map((await apis.grantsTo(clientId)).map((grant) => [grant.apiId, grant]))
      const permissions = (await apis.list()).flatMap(
        (api) => permissionsOf(api, { client, grant: grants.get(api.id), subject: 'user' }) ?? [],
      )
      return new Set(permissions.map(({ key }) => key))
    },
    exists: async (resource) => (await apis.findByResource(normalizeResource(resource))) !== undefined,
  }
}
