import type { Api, ApiGrant, ApiPermission } from '@pocket/core'
import type { SourceRow } from '../source/tables.ts'

/** Minutes. The lifetime of the client is shorter or equal, so it decides, as in Pocket ID. */
const maxTokenMinutes = 525_600

export function planApi(row: SourceRow<'apis'>, permissions: readonly ApiPermission[]): Api {
  return {
    id: row.id,
    name: row.name,
    // Versions before 2.14 accept the identifier with a final slash.
    resource: row.audience.replace(/\/+$/, ''),
    permissions,
    accessTokenFormat: 'jwt',
    accessTokenDurationMinutes: maxTokenMinutes,
    resourceServerClientIds: [],
    allowCimdClients: row.allow_cimd_clients,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? row.created_at,
  }
}

export function planPermission(row: SourceRow<'api_permissions'>): ApiPermission {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description ?? '',
    allowedForCimdClients: row.allowed_for_cimd_clients,
  }
}

/** Joins the two tables of access into one grant for each API and client. */
export class GrantPlanner {
  readonly #grants = new Map<string, ApiGrant>()
  readonly #apiOfPermission: ReadonlyMap<string, string>

  constructor(apiOfPermission: ReadonlyMap<string, string>) {
    this.#apiOfPermission = apiOfPermission
  }

  addAccess({
    oidc_client_id: clientId,
    api_id: apiId,
    subject_type: subject,
  }: SourceRow<'oidc_clients_allowed_apis'>) {
    const grant = this.#find(clientId, apiId)
    this.#set(subject === 'client' ? { ...grant, clientAccess: true } : { ...grant, userDelegatedAccess: true })
  }

  /** A permission implies access to its API. */
  addPermission(row: SourceRow<'oidc_clients_allowed_api_permissions'>): void {
    const { oidc_client_id: clientId, api_permission_id: id, subject_type: subject } = row
    const apiId = this.#apiOfPermission.get(id)
    if (apiId === undefined) return
    const grant = this.#find(clientId, apiId)
    this.#set(
      subject === 'client'
        ? { ...grant, clientAccess: true, clientPermissionIds: [...grant.clientPermissionIds, id] }
        : {
            ...grant,
            userDelegatedAccess: true,
            userDelegatedPermissionIds: [...grant.userDelegatedPermissionIds, id],
          },
    )
  }

  grants(): readonly ApiGrant[] {
    return [...this.#grants.values()]
  }

  #find(clientId: string, apiId: string): ApiGrant {
    const none = {
      userDelegatedAccess: false,
      clientAccess: false,
      userDelegatedPermissionIds: [],
      clientPermissionIds: [],
    }
    return this.#grants.get(`${apiId} ${clientId}`) ?? { apiId, clientId, ...none }
  }

  #set(grant: ApiGrant): void {
    this.#grants.set(`${grant.apiId} ${grant.clientId}`, grant)
  }
}
