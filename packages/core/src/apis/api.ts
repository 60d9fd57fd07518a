import type { Client } from '../clients/client.ts'

/** One thing that may be done at an API: a scope of OAuth 2.0. */
export interface ApiPermission {
  readonly id: string
  /** The scope token (RFC 6749 §3.3). */
  readonly key: string
  readonly name: string
  /** What people read when they are asked. Empty where there is none. */
  readonly description: string
  /** Whether every client that is known by its metadata document may ask a person for it. */
  readonly allowedForCimdClients: boolean
}

/** `jwt` is read by the API itself (RFC 9068 §2) and lives until it expires; `opaque` is introspected (RFC 7662 §2) and can be revoked. */
export type AccessTokenFormat = (typeof accessTokenFormats)[number]

/** The forms that access tokens for an API can have (RFC 9068 §2, RFC 7662 §2). */
export const accessTokenFormats = ['jwt', 'opaque'] as const

const jwtMinutes = 10

/** How long an access token for the API lives, in seconds, if the client's tokens live for `ofClient`. */
export function accessTokenLifetime(
  { accessTokenFormat, accessTokenDurationMinutes }: Pick<Api, 'accessTokenFormat' | 'accessTokenDurationMinutes'>,
  ofClient: number,
): number {
  const most = accessTokenDurationMinutes ?? (accessTokenFormat === 'jwt' ? jwtMinutes : null)
  return most === null ? ofClient : Math.min(ofClient, most * 60)
}

/** A resource server: what clients get access tokens for (RFC 8707 §2). */
export interface Api {
  readonly id: string
  readonly name: string
  /** The resource indicator, and the audience of its tokens: an absolute URI without a slash at its end. */
  readonly resource: string
  readonly permissions: readonly ApiPermission[]
  readonly accessTokenFormat: AccessTokenFormat
  /**
   * Most minutes that its access tokens live; those of a client never live longer than the client says. `null` stands for
   * ten minutes where they are JWTs, which nobody can end, and for no such bound where they are opaque.
   */
  readonly accessTokenDurationMinutes: number | null
  /** The clients that may introspect the API's tokens, whoever they were issued to (RFC 7662). */
  readonly resourceServerClientIds: readonly string[]
  /** Whether clients that are known by their metadata document have user-delegated access. */
  readonly allowCimdClients: boolean
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number
}

/** What a client may ask people for (user-delegated), and what it may do in its own name (client credentials). */
export interface ApiAccess {
  readonly userDelegatedAccess: boolean
  readonly clientAccess: boolean
  /** Ids of the API's permissions. */
  readonly userDelegatedPermissionIds: readonly string[]
  readonly clientPermissionIds: readonly string[]
}

/** The access of one client to one API. */
export interface ApiGrant extends ApiAccess {
  readonly apiId: string
  readonly clientId: string
}

/** In whose name a client acts. */
export type GrantSubject = 'user' | 'client'

/**
 * What an API gives away by itself to this kind of client, beside its grants.
 *
 * @example
 * ```ts
 * const free = cimdPermissions(api, client) ?? []
 * ```
 */
export function cimdPermissions(api: Api, { type }: Pick<Client, 'type'>): readonly ApiPermission[] | undefined {
  if (type !== 'cimd' || !api.allowCimdClients) return undefined
  return api.permissions.filter(({ allowedForCimdClients }) => allowedForCimdClients)
}

export interface Holder {
  readonly client: Pick<Client, 'type' | 'isPublic'>
  readonly grant: ApiAccess | undefined
  readonly subject: GrantSubject
}

/** The permissions that a client has at an API at this moment; `undefined` where it has no access at all. */
export function permissionsOf(api: Api, { client, grant, subject }: Holder): readonly ApiPermission[] | undefined {
  const given = subject === 'user' ? cimdPermissions(api, client) : undefined
  const [access, ids] =
    subject === 'user'
      ? [grant?.userDelegatedAccess ?? false, grant?.userDelegatedPermissionIds ?? []]
      : [(grant?.clientAccess ?? false) && !client.isPublic, grant?.clientPermissionIds ?? []]
  if (!access && given === undefined) return undefined
  const held = new Set([...(access ? ids : []), ...(given ?? []).map(({ id }) => id)])
  return api.permissions.filter(({ id }) => held.has(id))
}
