import type {
  Api,
  ApiAccess,
  ApiGrant,
  ApiInput,
  ApiPermission,
  Apis,
  Client,
  NewApiInput,
  PermissionInput,
  PermissionLists,
} from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import { changesBetween } from '@pocket/core/internal'
import type { Actor } from '../access/actor.ts'
import { clientNotFound } from '../http/api/client-not-found.ts'
import { assertUnchanged, validatorOf } from '../http/api/precondition.ts'
import type { Deps } from '../http/deps.ts'
import { accessDto, apiDto } from './api-dto.ts'

type CimdAccess = Parameters<Apis['setCimdAccess']>[1]

/** Changes that administrators make to APIs and API access, each with an audit log entry. */
export function createApiAdministration({ pocket, audit, transaction }: Deps) {
  const { apis, clients } = pocket
  const getApi = async (id: string): Promise<Api> => assertFound(await apis.find(id))
  /** Loads the API to be changed and checks the caller's precondition, if any. */
  const lockApi = async (actor: Actor, id: string): Promise<Api> => {
    const api = assertFound(await apis.findForUpdate(id))
    assertUnchanged(actor, apiValidator(api))
    return api
  }
  const getClient = async (id: string): Promise<Client> => {
    const client = await clients.find(id)
    if (!client) throw clientNotFound()
    return client
  }
  const recordAccess = async ({ id, origin }: Actor, { apiId, clientId, before, after }: AccessChange) => {
    const { changes } = changesBetween(accessDto(before), accessDto(after))
    if (changes === undefined) return
    const hasAccess = after !== undefined && (after.userDelegatedAccess || after.clientAccess)
    const event = hasAccess ? 'api_access_changed' : 'api_access_removed'
    await audit.record({ event, apiId, clientId, by: id, changes }, origin)
  }

  const update = (actor: Actor, id: string, input: ApiInput): Promise<Api> =>
    transaction(async () => {
      const before = await lockApi(actor, id)
      const api = await apis.update(id, input)
      const { changes } = changesBetween(auditedFields(before), auditedFields(api))
      if (changes === undefined) return api
      const fields = Object.keys(changes)
      await audit.record({ event: 'api_updated', apiId: id, fields, by: actor.id, changes }, actor.origin)
      return api
    })

  const setPermissions = (actor: Actor, id: string, permissions: readonly PermissionInput[]): Promise<Api> =>
    transaction(async () => {
      const before = await lockApi(actor, id)
      const api = await apis.setPermissions(id, permissions)
      const { changes } = changesBetween(permissionsByKey(before), permissionsByKey(api))
      if (changes === undefined) return api
      const keys = api.permissions.map(({ key }) => key)
      await audit.record({ event: 'api_permissions_changed', apiId: id, keys, by: actor.id, changes }, actor.origin)
      return api
    })

  const setCimdAccess = (actor: Actor, id: string, access: CimdAccess): Promise<Api> =>
    transaction(async () => {
      const before = await lockApi(actor, id)
      const api = await apis.setCimdAccess(id, access)
      const { changes } = changesBetween(cimdAccessOf(before), cimdAccessOf(api))
      if (changes === undefined) return api
      await audit.record({ event: 'api_cimd_access_changed', apiId: id, by: actor.id, changes }, actor.origin)
      return api
    })

  return {
    getApi,
    getClient,
    update,
    setPermissions,
    setCimdAccess,

    create: (actor: Actor, input: NewApiInput): Promise<Api> =>
      transaction(async () => {
        const api = await apis.create(input)
        const changes = changesBetween(null, auditedFields(api))
        await audit.record({ event: 'api_created', apiId: api.id, by: actor.id, ...changes }, actor.origin)
        return api
      }),

    /** Changes the API and whether clients with a metadata document have access, together. */
    updateSettings: (actor: Actor, id: string, input: ApiInput, enabled: boolean): Promise<Api> =>
      transaction(async () => {
        const { permissions } = await update(actor, id, input)
        return setCimdAccess(withoutPrecondition(actor), id, { enabled, permissionIds: offeredIds(permissions) })
      }),

    /**
     * Adds a permission, or changes the one with this ID: its key stays.
     *
     * @throws {PreconditionFailedError} if the permission has changed; changes of others are kept
     */
    savePermission: (actor: Actor, id: string, permissionId: string | null, input: OfferedPermission): Promise<Api> =>
      transaction(async () => {
        const unconditional = withoutPrecondition(actor)
        const { permissions: stored, allowCimdClients } = await lockApi(unconditional, id)
        const before = permissionId === null ? undefined : findPermission(stored, permissionId)
        if (before) assertUnchanged(actor, permissionValidator(before))
        const { name, description, isOffered } = input
        const permissions = before
          ? stored.map((each) => (each.id === before.id ? { ...each, name, description } : each))
          : [...stored, { key: input.key, name, description }]
        const api = await setPermissions(unconditional, id, permissions)
        const saved = before ? findPermission(api.permissions, before.id) : api.permissions.at(-1)
        if (saved === undefined || saved.allowedForCimdClients === isOffered || !allowCimdClients) return api
        const otherIds = offeredIds(api.permissions).filter((each) => each !== saved.id)
        return setCimdAccess(unconditional, id, {
          enabled: true,
          permissionIds: isOffered ? [...otherIds, saved.id] : otherIds,
        })
      }),

    removePermission: (actor: Actor, id: string, permissionId: string): Promise<Api> =>
      transaction(async () => {
        const { permissions } = await lockApi(actor, id)
        return setPermissions(
          actor,
          id,
          permissions.filter((permission) => permission.id !== permissionId),
        )
      }),

    setResource: (actor: Actor, id: string, resource: string): Promise<Api> =>
      transaction(async () => {
        const { resource: before } = await lockApi(actor, id)
        const api = await apis.setResource(id, resource)
        const { changes } = changesBetween({ resource: before }, { resource: api.resource })
        if (changes === undefined) return api
        await audit.record(
          { event: 'api_updated', apiId: id, fields: ['resource'], by: actor.id, changes },
          actor.origin,
        )
        return api
      }),

    remove: (actor: Actor, id: string): Promise<void> =>
      transaction(async () => {
        const changes = changesBetween(auditedFields(await lockApi(actor, id)), null)
        await apis.remove(id)
        await audit.record({ event: 'api_removed', apiId: id, by: actor.id, ...changes }, actor.origin)
      }),

    setGrant: (actor: Actor, apiId: string, clientId: string, access: ApiAccess): Promise<ApiAccess> =>
      transaction(async () => {
        await getApi(apiId)
        // Locks in the same order as core.
        if (!(await clients.findForUpdate(clientId))) throw clientNotFound()
        assertFound(await apis.findForUpdate(apiId))
        const before = await apis.grant(apiId, clientId)
        assertUnchanged(actor, accessValidator(before))
        const after = await apis.setGrant(apiId, clientId, access)
        await recordAccess(actor, { apiId, clientId, before, after })
        return after
      }),

    removeGrant: (actor: Actor, apiId: string, clientId: string): Promise<void> =>
      transaction(async () => {
        await getApi(apiId)
        if (!(await clients.findForUpdate(clientId))) throw clientNotFound()
        assertFound(await apis.findForUpdate(apiId))
        const before = await apis.grant(apiId, clientId)
        assertUnchanged(actor, accessValidator(before))
        await apis.removeGrant(apiId, clientId)
        await recordAccess(actor, { apiId, clientId, before, after: undefined })
      }),

    setPermissionsOfClient: (actor: Actor, clientId: string, lists: PermissionLists) =>
      transaction(async () => {
        // Both ways of changing a client's access lock its row.
        if (!(await clients.findForUpdate(clientId))) throw clientNotFound()
        const granted = await apis.grantsTo(clientId)
        assertUnchanged(actor, grantsValidator(granted))
        const before = new Map(granted.map((grant) => [grant.apiId, grant]))
        const grants = await apis.setPermissionsOfClient(clientId, lists)
        const after = new Map(grants.map((grant) => [grant.apiId, grant]))
        for (const apiId of new Set([...before.keys(), ...after.keys()]))
          await recordAccess(actor, { apiId, clientId, before: before.get(apiId), after: after.get(apiId) })
        return grants
      }),
  }
}

export type ApiAdministration = ReturnType<typeof createApiAdministration>

/** The version of an API's own fields, without the access of clients. */
export function apiValidator(api: Api): string {
  return validatorOf(apiDto(api))
}

export function permissionValidator({ id, key, name, description, allowedForCimdClients }: ApiPermission): string {
  return validatorOf([id, key, name, description, allowedForCimdClients])
}

/** The version of one client's access to one API. */
export function accessValidator(access: ApiAccess | undefined): string {
  return validatorOf(accessDto(access))
}

/** The version of one client's access to all APIs. */
export function grantsValidator(grants: readonly ApiGrant[]): string {
  const byApi = [...grants].sort((a, b) => (a.apiId < b.apiId ? -1 : 1))
  return validatorOf(byApi.map((grant) => [grant.apiId, accessDto(grant)]))
}

function assertFound(api: Api | undefined): Api {
  if (!api) throw new NotFoundError('not_found', 'There is no such API.', { details: { resource: 'API' } })
  return api
}

export function findPermission(permissions: readonly ApiPermission[], id: string): ApiPermission {
  const permission = permissions.find((each) => each.id === id)
  if (permission) return permission
  throw new NotFoundError('not_found', 'There is no such permission.', { details: { resource: 'API permission' } })
}

function offeredIds(permissions: readonly ApiPermission[]): readonly string[] {
  return permissions.filter(({ allowedForCimdClients }) => allowedForCimdClients).map(({ id }) => id)
}

function withoutPrecondition({ id, origin }: Actor): Actor {
  return { id, origin }
}

/** A permission, and whether clients with a metadata document may request it. */
interface OfferedPermission extends PermissionInput {
  readonly isOffered: boolean
}

interface AccessChange {
  readonly apiId: string
  readonly clientId: string
  readonly before: ApiAccess | undefined
  readonly after: ApiAccess | undefined
}

function auditedFields({
  name,
  resource,
  accessTokenFormat,
  accessTokenDurationMinutes,
  resourceServerClientIds,
}: Api) {
  return { name, resource, accessTokenFormat, accessTokenDurationMinutes, resourceServerClientIds }
}

function permissionsByKey({ permissions }: Api) {
  return Object.fromEntries(permissions.map(({ key, name, description }) => [key, { name, description }]))
}

function cimdAccessOf({ allowCimdClients, permissions }: Api) {
  const allowed = permissions.filter(({ allowedForCimdClients }) => allowedForCimdClients).map(({ key }) => key)
  return { allowCimdClients, permissions: allowed }
}
