import type { Api, ApiAccess, ClientRecord } from '@pocket/core'
import { cimdPermissions } from '@pocket/core/internal'
import { clientMetaDto } from '../clients/client-dto.ts'

export function apiDto(api: Api) {
  return {
    id: api.id,
    name: api.name,
    resource: api.resource,
    createdAt: new Date(api.createdAt).toISOString(),
    permissions: api.permissions.map(({ id, key, name, description, allowedForCimdClients }) => ({
      id,
      key,
      name,
      ...(description !== '' && { description }),
      allowedForCimdClients,
    })),
    allowCimdClients: api.allowCimdClients,
    accessTokenFormat: api.accessTokenFormat,
    accessTokenDurationMinutes: api.accessTokenDurationMinutes,
    resourceServerClientIds: api.resourceServerClientIds,
  }
}

export function accessDto(access: ApiAccess | undefined) {
  return {
    userDelegatedAccess: access?.userDelegatedAccess ?? false,
    clientAccess: access?.clientAccess ?? false,
    userDelegatedPermissionIds: access?.userDelegatedPermissionIds ?? [],
    clientPermissionIds: access?.clientPermissionIds ?? [],
  }
}

/** Client fields that an API response contains. */
export function apiClientDto(client: ClientRecord) {
  const { id, name, clientType, hasLogo, hasDarkLogo } = clientMetaDto(client)
  return { id, name, clientType, isPublic: client.isPublic, hasLogo, hasDarkLogo }
}

export interface GrantOfClient {
  readonly api: Api
  readonly client: ClientRecord
  readonly access: ApiAccess | undefined
}

/** Permissions granted to the client, and permissions it has through its metadata document. */
function allAccessDto({ api, client, access }: GrantOfClient) {
  const documentPermissions = cimdPermissions(api, client)
  return {
    ...accessDto(access),
    cimdGrantedAccess: documentPermissions !== undefined,
    cimdGrantedPermissionIds: (documentPermissions ?? []).map(({ id }) => id),
  }
}

export function clientAccessDto(parts: GrantOfClient) {
  return { client: apiClientDto(parts.client), ...allAccessDto(parts) }
}

export function apiAccessDto(parts: GrantOfClient) {
  return { api: apiDto(parts.api), ...allAccessDto(parts) }
}
