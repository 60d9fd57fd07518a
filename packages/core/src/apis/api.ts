import type { Client } from '../clients/client.ts'

/** A permission of an API: an OAuth 2.0 scope. */
export interface ApiPermission {
  readonly id: string
  /** The scope token (RFC 6749 §3.3). */
  readonly key: string
  readonly name: string
  /** The text on the consent page. Empty if there is none. */
  readonly description: string
  /** Whether every client with a metadata document may request it from users. */
  readonly allowedForCimdClients: boolean
}

/**
 * `jwt` is validated by the API itself (RFC 9068 §2) and stays valid until it expires; `opaque` is introspected (RFC
 * 7662 §2) and can be revoked.
 */
export type AccessTokenFormat = (typeof accessTokenFormats)[number]

/** The access token formats of an API (RFC 9068 §2, RFC 7662 §2). */
export const accessTokenFormats = ['jwt', 'opaque'] as const

const defaultJwtMinutes = 10

/**
 * The lifetime of an access token for the API in seconds. A JWT lives for ten minutes, because the API does not notice a
 * revocation, unless the API or the client has its own lifetime.
 */
export function accessTokenLifetime(
  { accessTokenFormat, accessTokenDurationMinutes }: Pick<Api, 'accessTokenFormat' | 'accessTokenDurationMinutes'>,
  client: { readonly lifetime: number; readonly hasOwnLifetime: boolean },
): number {
  const defaultMinutes = accessTokenFormat === 'jwt' && !client.hasOwnLifetime ? defaultJwtMinutes : null
  const maxMinutes = accessTokenDurationMinutes ?? defaultMinutes
  return maxMinutes === null ? client.lifetime : Math.min(client.lifetime, maxMinutes * 60)
}

/** A resource server for which clients request access tokens (RFC 8707 §2). */
export interface Api {
  readonly id: string
  readonly name: string
  /** The resource indicator and token audience: an absolute URI without a trailing slash. */
  readonly resource: string
  readonly permissions: readonly ApiPermission[]
  readonly accessTokenFormat: AccessTokenFormat
  /**
   * Maximum lifetime of its access tokens in minutes; the lifetime of the client also applies. `null` means the lifetime of
   * the client; for JWTs of a client without one, ten minutes.
   */
  readonly accessTokenDurationMinutes: number | null
  /** Clients that may introspect all tokens of the API, including those issued to other clients (RFC 7662). */
  readonly resourceServerClientIds: readonly string[]
  /** Whether clients with a metadata document have user-delegated access. */
  readonly allowCimdClients: boolean
  /** When the API got its resource, in milliseconds since the Unix epoch; introspection rejects earlier tokens. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number
}

/** Access with user consent (user-delegated) and access of the client itself (client credentials). */
export interface ApiAccess {
  readonly userDelegatedAccess: boolean
  readonly clientAccess: boolean
  /** IDs of the API's permissions. */
  readonly userDelegatedPermissionIds: readonly string[]
  readonly clientPermissionIds: readonly string[]
}

/** The access of a client to an API. */
export interface ApiGrant extends ApiAccess {
  readonly apiId: string
  readonly clientId: string
}

/** Whether the client acts for a user or for itself. */
export type GrantSubject = 'user' | 'client'

/** The permissions that an API grants to every client with a metadata document. */
export function cimdPermissions(api: Api, { type }: Pick<Client, 'type'>): readonly ApiPermission[] | undefined {
  if (type !== 'cimd' || !api.allowCimdClients) return undefined
  return api.permissions.filter(({ allowedForCimdClients }) => allowedForCimdClients)
}

export interface GrantHolder {
  readonly client: Pick<Client, 'type' | 'isPublic'>
  readonly grant: ApiAccess | undefined
  readonly subject: GrantSubject
}

/** The current permissions of a client at an API; `undefined` if it has no access. */
export function permissionsOf(api: Api, { client, grant, subject }: GrantHolder): readonly ApiPermission[] | undefined {
  const cimdAccess = subject === 'user' ? cimdPermissions(api, client) : undefined
  const [access, ids] =
    subject === 'user'
      ? [grant?.userDelegatedAccess ?? false, grant?.userDelegatedPermissionIds ?? []]
      : [(grant?.clientAccess ?? false) && !client.isPublic, grant?.clientPermissionIds ?? []]
  if (!access && cimdAccess === undefined) return undefined
  const permissionIds = new Set([...(access ? ids : []), ...(cimdAccess ?? []).map(({ id }) => id)])
  return api.permissions.filter(({ id }) => permissionIds.has(id))
}
