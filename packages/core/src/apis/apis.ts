import type { ClientStore } from '../clients/client-store.ts'
import type { Clock } from '../clock.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import { normalName } from '../names.ts'
import { uuid } from '../random.ts'
import type { Transaction } from '../transaction.ts'
import type { Api, ApiAccess, ApiGrant } from './api.ts'
import {
  type ApiInput,
  lifetimeProblems,
  type NewApiInput,
  nameProblems,
  normalResource,
  type PermissionInput,
  permissionProblems,
  refuse,
  resourceProblems,
} from './api-input.ts'
import type { ApiList, ApiListRequest } from './api-list.ts'
import type { ApiStore } from './api-store.ts'
import { type ApiGrants, createApiGrants } from './grants.ts'

/** The APIs that clients request access tokens for (RFC 8707 §2). Changes apply from the next token. */
export interface Apis extends ApiGrants {
  find(id: string): Promise<Api | undefined>
  /** Like `find`, and locks the API until the running transaction ends. */
  findForUpdate(id: string): Promise<Api | undefined>
  /** All APIs, by name. */
  list(): Promise<readonly Api[]>
  page(request: ApiListRequest): Promise<ApiList>
  /** @throws {InvalidInputError} `validation_failed` @throws {ConflictError} `already_in_use` if the resource is already in use */
  create(input: NewApiInput): Promise<Api>
  /** @throws {NotFoundError} `not_found` @throws {InvalidInputError} as for `create` */
  update(id: string, input: ApiInput): Promise<Api>
  /** Removes the API and all access to it. Returns `false` if it does not exist. */
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

export interface ApisPorts {
  readonly store: ApiStore
  readonly clients: ClientStore
  readonly clock: Clock
  readonly transaction: Transaction
  readonly issuer: string
}

export function createApis(ports: ApisPorts): Apis {
  const { store, clients, clock, transaction, issuer } = ports

  const change = (id: string, to: (api: Api) => Promise<Partial<Api>>): Promise<Api> =>
    transaction(async () => {
      const api = await store.findForUpdate(id)
      if (!api) throw apiNotFound()
      const changed = { ...api, ...(await to(api)), updatedAt: clock.now() }
      await store.update(changed)
      return changed
    })

  const knownClients = async (ids: readonly string[]) => {
    const known: string[] = []
    for (const id of new Set(ids)) if (await clients.find(id)) known.push(id)
    return known.sort()
  }

  const decided = async ({
    name,
    accessTokenFormat,
    accessTokenDurationMinutes,
    resourceServerClientIds,
  }: ApiInput) => ({
    name: normalName(name),
    ...(accessTokenFormat !== undefined && { accessTokenFormat }),
    ...(accessTokenDurationMinutes !== undefined && { accessTokenDurationMinutes }),
    ...(resourceServerClientIds !== undefined && {
      resourceServerClientIds: await knownClients(resourceServerClientIds),
    }),
  })

  return {
    ...createApiGrants(ports),
    find: (id) => store.find(id),
    findForUpdate: (id) => store.findForUpdate(id),
    list: () => store.list(),
    page: (request) => store.page(request),

    async create(input) {
      refuse([...problems(input), ...resourceProblems(input.resource, issuer)])
      const now = clock.now()
      const api: Api = {
        id: uuid(),
        resource: normalResource(input.resource),
        permissions: [],
        accessTokenFormat: 'jwt',
        accessTokenDurationMinutes: null,
        resourceServerClientIds: [],
        allowCimdClients: false,
        ...(await decided(input)),
        createdAt: now,
        updatedAt: now,
      }
      if (await store.insert(api)) return api
      throw new ConflictError('already_in_use', 'resource is already in use by another API', {
        details: { property: 'resource' },
      })
    },

    async update(id, input) {
      refuse(problems(input))
      return change(id, () => decided(input))
    },

    remove: (id) => store.remove(id),

    async setPermissions(id, wanted) {
      refuse(permissionProblems(wanted))
      return change(id, async (api) => {
        const before = new Map(api.permissions.map((each) => [each.key, each]))
        const permissions = wanted.map(({ key, name, description = '' }) => ({
          id: before.get(key)?.id ?? uuid(),
          key,
          name: normalName(name),
          description: normalName(description),
          allowedForCimdClients: before.get(key)?.allowedForCimdClients ?? false,
        }))
        const left = new Set(permissions.map((each) => each.id))
        for (const grant of await store.grantsOf(id)) await keepOnly(store, grant, left)
        return { permissions }
      })
    },

    setCimdAccess: (id, { enabled, permissionIds }) =>
      change(id, async (api) => ({
        allowCimdClients: enabled,
        permissions: api.permissions.map((each) => ({
          ...each,
          allowedForCimdClients: enabled && permissionIds.includes(each.id),
        })),
      })),
  }
}

function problems({ name, accessTokenDurationMinutes }: ApiInput) {
  return [...nameProblems(name), ...lifetimeProblems(accessTokenDurationMinutes)]
}

/** Removes deleted permissions from a grant, and access that existed only for those permissions. */
async function keepOnly(store: ApiStore, grant: ApiGrant, permissionIds: ReadonlySet<string>): Promise<void> {
  const kept = (ids: readonly string[]) => ids.filter((id) => permissionIds.has(id))
  const userDelegatedPermissionIds = kept(grant.userDelegatedPermissionIds)
  const clientPermissionIds = kept(grant.clientPermissionIds)
  const stays = (access: boolean, before: readonly string[], after: readonly string[]) =>
    access && (after.length > 0 || before.length === 0)
  const left: ApiAccess = {
    userDelegatedPermissionIds,
    clientPermissionIds,
    userDelegatedAccess: stays(grant.userDelegatedAccess, grant.userDelegatedPermissionIds, userDelegatedPermissionIds),
    clientAccess: stays(grant.clientAccess, grant.clientPermissionIds, clientPermissionIds),
  }
  if (left.userDelegatedAccess || left.clientAccess) await store.setGrant({ ...grant, ...left })
  else await store.removeGrant(grant.apiId, grant.clientId)
}

function apiNotFound(): NotFoundError {
  return new NotFoundError('not_found', 'There is no such API.', { details: { resource: 'API' } })
}
