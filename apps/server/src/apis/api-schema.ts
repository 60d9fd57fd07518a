import { flag, instant, named, namedObject, namedObjectWith, objectWith, text } from '../http/api/schema.ts'

const texts = { type: 'array', items: text } as const

const tokenFormat = {
  type: 'string',
  enum: ['jwt', 'opaque'],
  description:
    'Whether the API validates its access tokens itself (`jwt`, RFC 9068) or introspects them (`opaque`, RFC 7662). An API that checks only the signature of a `jwt` accepts it until it expires, even after a revocation, so its lifetime should be minutes. An `opaque` token can be revoked immediately.',
} as const
const tokenLifetime = {
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 525_600,
  description:
    'Maximum lifetime of access tokens for the API in minutes, limited by the lifetime that the client defines. `null` means the lifetime of the client, or 10 for `jwt` if the client has none.',
} as const
const resourceServers = {
  ...texts,
  maxItems: 100,
  description: 'The clients that may introspect all tokens of the API, regardless of the client they were issued to.',
} as const

const permission = { id: text, key: text, name: text, description: text, allowedForCimdClients: flag } as const
const api = {
  id: text,
  name: text,
  resource: text,
  createdAt: instant,
  permissions: {
    type: 'array',
    items: { type: 'object', required: ['id', 'key', 'name', 'allowedForCimdClients'], properties: permission },
  },
  allowCimdClients: flag,
  accessTokenFormat: tokenFormat,
  accessTokenDurationMinutes: tokenLifetime,
  resourceServerClientIds: resourceServers,
} as const

export const apiSchema = namedObject('ApiResponseDto', api)

const permissionIds = { ...texts, description: 'IDs of permissions of the API; other IDs are ignored.' } as const
const access = {
  userDelegatedAccess: flag,
  clientAccess: flag,
  userDelegatedPermissionIds: permissionIds,
  clientPermissionIds: permissionIds,
} as const

export const accessSchema = namedObject('ApiClientGrantDto', access)

export const apiClientSchema = namedObject('ApiClientDto', {
  id: text,
  name: text,
  clientType: { type: 'string', enum: ['standard', 'cimd'] },
  isPublic: flag,
  hasLogo: flag,
  hasDarkLogo: flag,
})

const allAccess = { ...access, cimdGrantedAccess: flag, cimdGrantedPermissionIds: texts } as const

export const clientAccessSchema = namedObject('ApiClientAccessDto', { client: apiClientSchema, ...allAccess })

export const apiAccessSchema = namedObject('ClientApiGrantDto', { api: apiSchema, ...allAccess })

const permissionLists = {
  userDelegatedPermissionIds: { ...texts, description: 'IDs of permissions of any API.' },
  clientPermissionIds: { ...texts, description: 'IDs of permissions of any API.' },
} as const

export const permissionListsSchema = namedObject('ApiAccessDto', permissionLists)

const name = { type: 'string', minLength: 1 } as const

export const apiCreate = namedObjectWith('ApiCreateDto', ['name', 'resource'], {
  name,
  resource: { type: 'string', minLength: 1, description: 'The resource indicator (RFC 8707): an absolute URI.' },
  accessTokenFormat: tokenFormat,
  accessTokenDurationMinutes: tokenLifetime,
  resourceServerClientIds: resourceServers,
})

export const apiUpdate = namedObjectWith('ApiUpdateDto', ['name'], {
  name,
  accessTokenFormat: tokenFormat,
  accessTokenDurationMinutes: tokenLifetime,
  resourceServerClientIds: resourceServers,
})

export const permissionsBody = named('ApiPermissionsUpdateDto', {
  type: 'object',
  properties: {
    permissions: {
      type: 'array',
      maxItems: 500,
      items: objectWith(['key', 'name'], {
        key: { type: 'string', minLength: 1, description: 'A scope.' },
        name,
        description: { type: ['string', 'null'] },
      }),
    },
  },
} as const)

export const cimdAccessBody = named('ApiCimdAccessUpdateDto', {
  type: 'object',
  properties: { enabled: flag, permissionIds },
} as const)

export const accessBody = named('ApiClientGrantUpdateDto', { type: 'object', properties: access } as const)

export const permissionListsBody = named('ApiAccessUpdateDto', {
  type: 'object',
  properties: permissionLists,
} as const)
