import type { Api, ApiAccess, ApiGrant } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import type { Actor } from '../../access/actor.ts'
import type { ApiAdministration } from '../../apis/administration.ts'
import type { Existing, Item, Kind } from '../../configuration-file/kind.ts'
import type { Deps } from '../../http/deps.ts'
import { objects, referencesIn, text, texts } from './values.ts'

export interface ApiKindDeps extends Pick<Deps, 'pocket'> {
  readonly administration: ApiAdministration
}

const own = ['name', 'accessTokenFormat', 'accessTokenDurationMinutes', 'resourceServerClientIds']

export function apiKind({ pocket, administration }: ApiKindDeps): Kind {
  const { apis } = pocket

  const toExisting = async (api: Api): Promise<Existing> => ({
    id: api.id,
    item: {
      resource: api.resource,
      name: api.name,
      accessTokenFormat: api.accessTokenFormat,
      accessTokenDurationMinutes: api.accessTokenDurationMinutes,
      resourceServerClientIds: api.resourceServerClientIds,
      permissions: api.permissions.map(({ key, name, description }) => ({ key, name, description })),
      access: (await apis.grantsOf(api.id)).map((grant) => accessItem(api, grant)),
    },
  })
  const findById = async (id: string) => {
    const api = await apis.find(id)
    return api && toExisting(api)
  }
  const setPermissions = async (actor: Actor, id: string, permissions: unknown) => {
    const input = objects(permissions).map(({ key, name, description }) => ({
      key: text(key),
      name: text(name) || text(key),
      description: text(description),
    }))
    await administration.setPermissions(actor, id, input)
  }
  const setAccess = async (actor: Actor, id: string, access: readonly Item[]) => {
    const api = await administration.getApi(id)
    refuseUnknownPermissions(api, access)
    const wanted = new Map(access.map((grant) => [text(grant.client), accessOf(api, grant)]))
    for (const { clientId } of await apis.grantsOf(id))
      if (!wanted.has(clientId)) await administration.removeGrant(actor, id, clientId)
    for (const [clientId, grant] of wanted) await administration.setGrant(actor, id, clientId, grant)
  }
  const setRelations = async (actor: Actor, id: string, item: Item) => {
    if (item.permissions !== undefined) await setPermissions(actor, id, item.permissions)
    if (item.access !== undefined) await setAccess(actor, id, objects(item.access))
  }

  return {
    name: 'apis',
    key: 'resource',
    secrets: [],
    async find(resource) {
      const api = await apis.findByResource(resource)
      return api && toExisting(api)
    },
    findById,
    list: async () => Promise.all((await apis.list()).map(async (api) => (await toExisting(api)).item)),
    references: (item) => [
      ...referencesIn('clients', item, 'resourceServerClientIds'),
      ...objects(item.access).map(({ client }, index) => ({
        kind: 'clients' as const,
        key: text(client),
        path: ['access', index, 'client'],
      })),
    ],
    normalize: (item) => ({
      ...item,
      ...(item.permissions !== undefined && {
        permissions: objects(item.permissions).map((permission) => ({ name: permission.key, ...permission })),
      }),
      ...(item.access !== undefined && { access: objects(item.access).map(normalizeAccess) }),
    }),
    async create(actor, item) {
      const { id } = await administration.create(actor, { ...ownFields(item), resource: text(item.resource) })
      await setRelations(actor, id, item)
      return id
    },
    async update(actor, { id, item: before }, item, fields) {
      if (fields.includes('resource')) await administration.setResource(actor, id, text(item.resource))
      if (fields.some((field) => own.includes(field)))
        await administration.update(actor, id, ownFields({ ...before, ...item }))
      // A permission that is removed also ends its access, so both are written.
      const isChanged = (field: string) =>
        fields.includes(field) || (field === 'access' && fields.includes('permissions'))
      await setRelations(actor, id, Object.fromEntries(Object.entries(item).filter(([field]) => isChanged(field))))
      return id
    },
    remove: (actor, id) => administration.remove(actor, id),
  }
}

function ownFields(item: Item) {
  const fields = Object.entries(item).filter(([field]) => own.includes(field))
  // The cast is safe: the schema of the file has the members of the REST body.
  return { ...Object.fromEntries(fields), name: text(item.name) } as Parameters<ApiAdministration['update']>[2]
}

/** A permission implies access. */
function normalizeAccess(grant: Item): Item {
  const { userDelegatedPermissions, clientPermissions, userDelegatedAccess, clientAccess } = grant
  return {
    client: grant.client,
    userDelegatedAccess: userDelegatedAccess === true || texts(userDelegatedPermissions).length > 0,
    userDelegatedPermissions: texts(userDelegatedPermissions),
    clientAccess: clientAccess === true || texts(clientPermissions).length > 0,
    clientPermissions: texts(clientPermissions),
  }
}

function accessItem({ permissions }: Api, { clientId, ...grant }: ApiGrant): Item {
  const keys = (ids: readonly string[]) => permissions.filter(({ id }) => ids.includes(id)).map(({ key }) => key)
  return {
    client: clientId,
    userDelegatedAccess: grant.userDelegatedAccess,
    userDelegatedPermissions: keys(grant.userDelegatedPermissionIds),
    clientAccess: grant.clientAccess,
    clientPermissions: keys(grant.clientPermissionIds),
  }
}

function refuseUnknownPermissions({ permissions }: Api, access: readonly Item[]): void {
  const known = new Set(permissions.map(({ key }) => key))
  const fields = access.flatMap((grant, index) =>
    ['userDelegatedPermissions', 'clientPermissions'].flatMap((member) =>
      texts(grant[member]).flatMap((key, position) =>
        known.has(key)
          ? []
          : {
              field: `access[${index}].${member}[${position}]`,
              code: 'invalid_format',
              message: `refers to ${JSON.stringify(key)}, which is not in permissions`,
            },
      ),
    ),
  )
  if (fields.length > 0) throw new InvalidInputError('validation_failed', 'The permissions are unknown', { fields })
}

function accessOf({ permissions }: Api, grant: Item): ApiAccess {
  const ids = (keys: unknown) => permissions.filter(({ key }) => texts(keys).includes(key)).map(({ id }) => id)
  return {
    userDelegatedAccess: grant.userDelegatedAccess === true,
    clientAccess: grant.clientAccess === true,
    userDelegatedPermissionIds: ids(grant.userDelegatedPermissions),
    clientPermissionIds: ids(grant.clientPermissions),
  }
}
