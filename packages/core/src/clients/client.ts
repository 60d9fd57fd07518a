import type { ClientProtocol } from './protocol.ts'

/** One of a client's secrets. What the client holds is not stored. */
export interface ClientSecret {
  readonly id: string
  /** SHA-256 of the secret, base64url. */
  readonly hash: string
  /** The secret itself, encrypted: only where it is the key of the client's assertions (`client_secret_jwt`). */
  readonly sealed?: string
  /** The first characters, so that people can tell secrets apart. */
  readonly prefix: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch; `null` where it does not end. */
  readonly expiresAt: number | null
}

/** Another issuer, whose signed assertions stand for the client's secret (RFC 7523 §2.2). */
export interface FederatedIdentity {
  readonly issuer: string
  /** `null` stands for the client id. */
  readonly subject: string | null
  /** `null` stands for this provider's issuer. */
  readonly audience: string | null
  /** Where the issuer's keys are; `null` stands for the usual place. */
  readonly jwks: string | null
  /** Whether an assertion counts once only. */
  readonly replayProtection: boolean
}

/** Whether a person registered the client, or it registered itself by a metadata document. */
export type ClientType = 'standard' | 'cimd'

/** Client metadata by the names of RFC 7591 §2. */
export type RegisteredMetadata = Readonly<Record<string, unknown>>

/** An OAuth client (RFC 6749 §2), a relying party. */
export interface Client {
  /** The `client_id`. */
  readonly id: string
  readonly name: string
  /** Empty where there is none. */
  readonly description: string
  readonly type: ClientType
  /** Where people start it: an absolute URL. */
  readonly launchUrl: string | null
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** A public client has no secret and must use PKCE (RFC 7636). */
  readonly isPublic: boolean
  readonly pkceRequired: boolean
  /** Whether it has been seen to use PKCE without having to. */
  readonly pkceSupported: boolean
  /** Whether a person has to use the passkey for this client, however long they have been signed in. */
  readonly requiresReauthentication: boolean
  /** RFC 9126 §6. */
  readonly requiresPushedAuthorizationRequests: boolean
  /** Whether nobody is asked what the client may be told. */
  readonly skipConsent: boolean
  /** Whether only members of the allowed groups may use it. */
  readonly isGroupRestricted: boolean
  /** Ids of groups, opaque to core. */
  readonly allowedGroupIds: readonly string[]
  readonly secrets: readonly ClientSecret[]
  readonly federatedIdentities: readonly FederatedIdentity[]
  /** Lifetime of its access tokens, in minutes. */
  readonly accessTokenDurationMinutes: number
  /** Lifetime of its refresh tokens, in minutes; each use of one begins it anew. */
  readonly refreshTokenDurationMinutes: number
  readonly protocol: ClientProtocol
  /** Which application's instructions its page shows. */
  readonly template: string | null
  /** What a client that registered itself said beside these fields (RFC 7591 §2, by the names there); `null` for others. */
  readonly registration: RegisteredMetadata | null
  /**
   * Since when a client that anybody could register has waited for its first use, in milliseconds since the Unix epoch; `null`
   * for every other.
   */
  readonly unusedSince: number | null
  /** Until when what its metadata document said holds, in milliseconds since the Unix epoch; `null` for a client without one. */
  readonly metadataExpiresAt: number | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number
}

/** A client without its groups, which are a list of their own. */
export type ClientRecord = Omit<Client, 'allowedGroupIds'>
