import type { CoreContext } from '../context.ts'
import { NotFoundError } from '../errors.ts'
import type { Api, ApiAccess, ApiGrant } from './api.ts'
import type { ApiStore } from './api-store.ts'

export interface ApiGrants {
  /** The grant of this client at this API; an empty grant if there is none. */
  grant(apiId: string, clientId: string): Promise<ApiGrant | undefined>
  grantsOf(apiId: string): Promise<readonly ApiGrant[]>
  grantsTo(clientId: string): Promise<readonly ApiGrant[]>
  /**
   * Replaces the access of a client to an API. A permission implies access. Unknown permissions are ignored, and so are
   * client permissions of a public client. A grant without access is removed.
   *
   * @throws {NotFoundError} `not_found` for the API, `client_not_found`
   */
  setGrant(apiId: string, clientId: string, access: ApiAccess): Promise<ApiGrant>
  /**
   * Replaces the permissions of a client at all APIs. Access without permissions stays unchanged; access that existed
   * for permissions ends with the last permission.
   *
   * @throws {NotFoundError} `client_not_found`
   */
  setPermissionsOfClient(clientId: string, permissions: PermissionLists): Promise<readonly ApiGrant[]>
  /** Returns `false` if the grant does not exist. */
  removeGrant(apiId: string, clientId: string): Promise<boolean>
}

/** User-delegated permissions and client permissions at an API. */
export type PermissionLists = Pick<ApiAccess, 'userDelegatedPermissionIds' | 'clientPermissionIds'>

export function createApiGrants({ stores: { apis: store, clients, transaction } }: CoreContext): ApiGrants {
  /** Locks the client until the transaction ends, so that its concurrent removal leaves no orphaned grant. */
  const lockClient = async (id: string) => {
    const client = await clients.findForUpdate(id)
    if (!client) throw new NotFoundError('client_not_found', 'There is no such client.')
    return client
  }
  const saveGrant = async (
    api: Api,
    client: { readonly id: string; readonly isPublic: boolean },
    access: ApiAccess,
  ) => {
    const filterPermissionIds = (ids: readonly string[]) =>
      api.permissions.map(({ id }) => id).filter((id) => ids.includes(id))
    const userDelegatedPermissionIds = filterPermissionIds(access.userDelegatedPermissionIds)
    const clientPermissionIds = client.isPublic ? [] : filterPermissionIds(access.clientPermissionIds)
    const grant: ApiGrant = {
      apiId: api.id,
      clientId: client.id,
      userDelegatedAccess: access.userDelegatedAccess || userDelegatedPermissionIds.length > 0,
      clientAccess: !client.isPublic && (access.clientAccess || clientPermissionIds.length > 0),
      userDelegatedPermissionIds,
      clientPermissionIds,
    }
    if (grant.userDelegatedAccess || grant.clientAccess) await store.setGrant(grant)
    else await store.removeGrant(api.id, client.id)
    return grant
  }

  return {
    grant: (apiId, clientId) => store.findGrant(apiId, clientId),
    grantsOf: (apiId) => store.grantsOf(apiId),
    grantsTo: (clientId) => store.grantsTo(clientId),

    setGrant: (apiId, clientId, access) =>
      transaction(async () => {
        const client = await lockClient(clientId)
        const api = await store.findForUpdate(apiId)
        if (!api) throw new NotFoundError('not_found', 'There is no such API.', { details: { resource: 'API' } })
        return saveGrant(api, client, access)
      }),

    setPermissionsOfClient: (clientId, lists) =>
      transaction(async () => {
        const client = await lockClient(clientId)
        for (const { id } of await store.list()) {
          const api = await store.findForUpdate(id)
          const before = await store.findGrant(id, clientId)
          if (api) await saveGrant(api, client, { ...lists, ...accessWithoutPermissions(before) })
        }
        return store.grantsTo(clientId)
      }),

    removeGrant: (apiId, clientId) => store.removeGrant(apiId, clientId),
  }
}

/** Access without any permission. */
function accessWithoutPermissions(
  grant: ApiGrant | undefined,
): Pick<ApiAccess, 'userDelegatedAccess' | 'clientAccess'> {
  return {
    userDelegatedAccess: grant?.userDelegatedPermissionIds.length === 0 && grant.userDelegatedAccess,
    clientAccess: grant?.clientPermissionIds.length === 0 && grant.clientAccess,
  }
}

/** Moves the grants and the resource server role of a client to its new ID, in the transaction that renames the client. */
export async function renameClientInApis(store: ApiStore, clientId: string, newId: string): Promise<void> {
  for (const grant of await store.grantsTo(clientId)) await store.setGrant({ ...grant, clientId: newId })
  for (const { id, resourceServerClientIds } of await store.list()) {
    if (!resourceServerClientIds.includes(clientId)) continue
    const api = await store.findForUpdate(id)
    if (!api) continue
    const ids = api.resourceServerClientIds.map((each) => (each === clientId ? newId : each)).sort()
    await store.update({ ...api, resourceServerClientIds: ids })
  }
}

/** Removes the grants and the resource server role of a client, in the transaction that removes the client. */
export async function removeClientFromApis(store: ApiStore, clientId: string): Promise<void> {
  await store.removeGrantsTo(clientId)
  for (const { id, resourceServerClientIds } of await store.list()) {
    if (!resourceServerClientIds.includes(clientId)) continue
    const api = await store.findForUpdate(id)
    if (!api) continue
    const remainingIds = api.resourceServerClientIds.filter((resourceServerId) => resourceServerId !== clientId)
    await store.update({ ...api, resourceServerClientIds: remainingIds })
  }
}
