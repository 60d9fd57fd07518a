import { apiConsentKey } from '../consents/consent-key.ts'
import type { CoreContext } from '../context.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import { normalizeName } from '../names.ts'
import { uuid } from '../random.ts'
import type { Api, ApiAccess, ApiGrant } from './api.ts'
import {
  type ApiInput,
  assertNoErrors,
  lifetimeProblems,
  type NewApiInput,
  nameProblems,
  newShapeProblems,
  normalizeResource,
  type PermissionInput,
  permissionProblems,
  resourceProblems,
  shapeProblems,
  storedFields,
} from './api-input.ts'
import type { ApiList, ApiListRequest } from './api-list.ts'
import type { ApiStore } from './api-store.ts'
import { type ApiGrants, createApiGrants } from './grants.ts'

/** The APIs that clients request access tokens for (RFC 8707 §2). Changes apply from the next token. */
export interface Apis extends ApiGrants {
  find(id: string): Promise<Api | undefined>
  /** Like `find`, and locks the API until the running transaction ends. */
  findForUpdate(id: string): Promise<Api | undefined>
  /** With or without the trailing slash. */
  findByResource(resource: string): Promise<Api | undefined>
  /** All APIs, by name. */
  list(): Promise<readonly Api[]>
  page(request: ApiListRequest): Promise<ApiList>
  /** @throws {InvalidInputError} `validation_failed` @throws {ConflictError} `already_in_use` if the resource is already in use */
  create(input: NewApiInput): Promise<Api>
  /** @throws {NotFoundError} `not_found` @throws {InvalidInputError} as for `create` */
  update(id: string, input: ApiInput): Promise<Api>
  /** Changes the resource, without consents to an earlier API that had it, and `createdAt` with it; tokens for the earlier one work until they expire. @throws the same errors as `update` and `create` */
  setResource(id: string, resource: string): Promise<Api>
  /**
   * Removes the API and all access to it. Codes, refresh tokens and grants for it are not valid for another API that gets its
   * resource. Returns `false` if it does not exist.
   */
  remove(id: string): Promise<boolean>
  /**
   * Replaces the permissions of the API; a permission with an existing key keeps its ID. A client that loses its last
   * permission also loses its access.
   *
   * @throws {NotFoundError} `not_found` @throws {InvalidInputError} `validation_failed`, for example on `permissions[i].key`
   */
  setPermissions(id: string, permissions: readonly PermissionInput[]): Promise<Api>
  /** Sets the access of clients with a metadata document; unknown IDs are ignored. @throws {NotFoundError} `not_found` */
  setCimdAccess(
    id: string,
    access: { readonly enabled: boolean; readonly permissionIds: readonly string[] },
  ): Promise<Api>
}

export function createApis(context: CoreContext): Apis {
  const { clock, issuer } = context
  const { apis: store, clients, consents, transaction } = context.stores

  const change = (id: string, getChanges: (api: Api) => Promise<Partial<Api>>): Promise<Api> =>
    transaction(async () => {
      const api = await store.findForUpdate(id)
      if (!api) throw apiNotFound()
      const changed = { ...api, ...(await getChanges(api)), updatedAt: clock.now() }
      await store.update(changed)
      return changed
    })

  /** Consents are stored by resource, which a removed API may have had. */
  const removeConsents = (resource: string) => consents.removeScopes(apiConsentKey(resource, ''))

  const existingClientIds = async (ids: readonly string[]) => {
    const existing: string[] = []
    for (const id of new Set(ids)) if (await clients.find(id)) existing.push(id)
    return existing.sort()
  }

  const completeInput = async ({
    name,
    accessTokenFormat,
    accessTokenDurationMinutes,
    resourceServerClientIds,
  }: ApiInput) => ({
    name: normalizeName(name),
    ...(accessTokenFormat !== undefined && { accessTokenFormat }),
    ...(accessTokenDurationMinutes !== undefined && { accessTokenDurationMinutes }),
    ...(resourceServerClientIds !== undefined && {
      resourceServerClientIds: await existingClientIds(resourceServerClientIds),
    }),
  })

  return {
    ...createApiGrants(context),
    find: (id) => store.find(id),
    findForUpdate: (id) => store.findForUpdate(id),
    findByResource: (resource) => store.findByResource(normalizeResource(resource)),
    list: () => store.list(),
    page: (request) => store.page(request),

    async create(input) {
      assertNoErrors(newShapeProblems(input))
      assertNoErrors([...inputProblems(input), ...resourceProblems(input.resource, issuer.id)])
      const now = clock.now()
      const api: Api = {
        id: uuid(),
        resource: normalizeResource(input.resource),
        permissions: [],
        accessTokenFormat: 'jwt',
        accessTokenDurationMinutes: null,
        resourceServerClientIds: [],
        allowCimdClients: false,
        ...(await completeInput(input)),
        createdAt: now,
        updatedAt: now,
      }
      return transaction(async () => {
        if (!(await store.insert(api))) throw resourceInUse()
        await removeConsents(api.resource)
        return api
      })
    },

    async update(id, input) {
      assertNoErrors(shapeProblems(input, storedFields))
      assertNoErrors(inputProblems(input))
      return change(id, () => completeInput(input))
    },

    async setResource(id, resource) {
      assertNoErrors(resourceProblems(resource, issuer.id))
      const normalized = normalizeResource(resource)
      return change(id, async (api) => {
        if (api.resource === normalized) return {}
        const other = await store.findByResource(normalized)
        if (other && other.id !== id) throw resourceInUse()
        await removeConsents(normalized)
        // Introspection must reject the tokens of a removed API that had this resource.
        return { resource: normalized, createdAt: clock.now() }
      })
    },

    remove: (id) => store.remove(id),

    async setPermissions(id, input) {
      assertNoErrors(permissionProblems(input))
      return change(id, async (api) => {
        const before = new Map(api.permissions.map((permission) => [permission.key, permission]))
        const permissions = input.map(({ key, name, description = '' }) => ({
          id: before.get(key)?.id ?? uuid(),
          key,
          name: normalizeName(name),
          description: normalizeName(description),
          allowedForCimdClients: before.get(key)?.allowedForCimdClients ?? false,
        }))
        const remainingIds = new Set(permissions.map((permission) => permission.id))
        for (const grant of await store.grantsOf(id)) await removeOtherPermissions(store, grant, remainingIds)
        return { permissions }
      })
    },

    setCimdAccess: (id, { enabled, permissionIds }) =>
      change(id, async (api) => ({
        allowCimdClients: enabled,
        permissions: api.permissions.map((permission) => ({
          ...permission,
          allowedForCimdClients: enabled && permissionIds.includes(permission.id),
        })),
      })),
  }
}

function resourceInUse(): ConflictError {
  return new ConflictError('already_in_use', 'resource is already in use by another API', {
    details: { property: 'resource' },
  })
}

function inputProblems({ name, accessTokenDurationMinutes }: ApiInput) {
  return [...nameProblems(name), ...lifetimeProblems(accessTokenDurationMinutes)]
}

/** Removes deleted permissions from a grant, and access that existed only for those permissions. */
async function removeOtherPermissions(
  store: ApiStore,
  grant: ApiGrant,
  permissionIds: ReadonlySet<string>,
): Promise<void> {
  const filterIds = (ids: readonly string[]) => ids.filter((id) => permissionIds.has(id))
  const userDelegatedPermissionIds = filterIds(grant.userDelegatedPermissionIds)
  const clientPermissionIds = filterIds(grant.clientPermissionIds)
  const keepsAccess = (access: boolean, before: readonly string[], after: readonly string[]) =>
    access && (after.length > 0 || before.length === 0)
  const remaining: ApiAccess = {
    userDelegatedPermissionIds,
    clientPermissionIds,
    userDelegatedAccess: keepsAccess(
      grant.userDelegatedAccess,
      grant.userDelegatedPermissionIds,
      userDelegatedPermissionIds,
    ),
    clientAccess: keepsAccess(grant.clientAccess, grant.clientPermissionIds, clientPermissionIds),
  }
  if (remaining.userDelegatedAccess || remaining.clientAccess) await store.setGrant({ ...grant, ...remaining })
  else await store.removeGrant(grant.apiId, grant.clientId)
}

function apiNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'There is no such API.', { details: { resource: 'API' } })
}
