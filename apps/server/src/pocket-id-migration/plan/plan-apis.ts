import type { Api, ApiGrant, ApiPermission } from '@pocket/core'
import { apiConsentKey, normalizeResource, resourceProblems } from '@pocket/core/internal'
import type { ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'

/** Minutes. The lifetime of the client is shorter or equal, so it decides, as in Pocket ID. */
const maxTokenMinutes = 525_600

export function planApi(row: SourceRow<'apis'>, resource: string, permissions: readonly ApiPermission[]): Api {
  return {
    id: row.id,
    name: row.name,
    resource,
    permissions,
    accessTokenFormat: 'jwt',
    accessTokenDurationMinutes: maxTokenMinutes,
    resourceServerClientIds: [],
    allowCimdClients: row.allow_cimd_clients,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? row.created_at,
  }
}

/** Plans the resources of APIs, which are unique: versions before 2.14 distinguish audiences by a trailing slash. */
export class ResourcePlanner {
  readonly #audiences = new Set<string>()
  readonly #resources = new Set<string>()
  /** The prefixes of consent scopes here, by those of the source. */
  readonly #consentPrefixes = new Map<string, string>()

  /** Adds an API before the first is planned: one without a trailing slash has precedence. */
  add({ audience }: SourceRow<'apis'>): void {
    this.#audiences.add(audience)
  }

  /** The resource of the API; `undefined` leaves it out. */
  plan({ id, name, audience }: SourceRow<'apis'>, report: ReportCollector): string | undefined {
    const subject = { subject: 'API', id, name } as const
    const resource = normalizeResource(audience)
    const hasSlash = resource !== audience
    const isTaken = this.#resources.has(resource) || (hasSlash && this.#audiences.has(resource))
    // The URL of the provider is not compared: Pocket ID reserves it too.
    const [problem] = resourceProblems(resource, '')
    if (problem || isTaken) {
      report.leftOut(
        subject,
        `Its audience ${audience} ${problem?.message ?? 'differs from that of another API in the trailing slash only'}.`,
      )
      return undefined
    }
    this.#resources.add(resource)
    if (hasSlash) {
      this.#consentPrefixes.set(apiConsentKey(audience, ''), apiConsentKey(resource, ''))
      report.changed(subject, `Its audience ${audience} lost the trailing slash: tokens name ${resource}.`)
    }
    return resource
  }

  /** The consent scope as this server stores it. */
  consentScope(scope: string): string {
    for (const [prefix, replacement] of this.#consentPrefixes)
      if (scope.startsWith(prefix)) return replacement + scope.slice(prefix.length)
    return scope
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
