import type { ClientProtocol } from './protocol.ts'

/** A client secret; its plain text is not stored. */
export interface ClientSecret {
  readonly id: string
  /** SHA-256 of the secret, base64url; with `algorithm`, the hash of that algorithm. */
  readonly hash: string
  /** Another algorithm, for a secret of another provider until its first use. */
  readonly algorithm?: 'bcrypt'
  /** The encrypted secret, only if it is the key of client assertions (`client_secret_jwt`). */
  readonly sealed?: string
  /** The first characters, which help users distinguish secrets. */
  readonly prefix: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch; `null` if it does not expire. */
  readonly expiresAt: number | null
  /** A service token for requests to a protected site; it does not authenticate the client. */
  readonly serviceToken?: ServiceTokenLimits
}

/** The name of a service token and the requests for which it is valid. */
export interface ServiceTokenLimits {
  readonly name: string
  /** As in access rules; empty for all paths. */
  readonly paths: readonly string[]
  /** Empty for all methods. */
  readonly methods: readonly string[]
}

/** Another issuer whose signed assertions replace the client secret (RFC 7523 §2.2). */
export interface FederatedIdentity {
  readonly issuer: string
  /** `null` for the client ID. */
  readonly subject: string | null
  /** `null` for the issuer of this provider. */
  readonly audience: string | null
  /** The JWKS URL of the issuer; `null` for the default location. */
  readonly jwks: string | null
  /** Whether each assertion can be used only once. */
  readonly replayProtection: boolean
}

/** Whether the client was registered, or is described by a metadata document. */
export type ClientType = 'standard' | 'cimd'

/** Client metadata with the names of RFC 7591 §2. */
export type RegisteredMetadata = Readonly<Record<string, unknown>>

/** An OAuth client (RFC 6749 §2), a relying party. */
export interface Client {
  /** The `client_id`. */
  readonly id: string
  readonly name: string
  /** Empty if there is none. */
  readonly description: string
  readonly type: ClientType
  /** The URL that starts the application, an absolute URL. */
  readonly launchUrl: string | null
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** A public client has no secret and must use PKCE (RFC 7636). */
  readonly isPublic: boolean
  readonly pkceRequired: boolean
  /** Whether the client has used PKCE although it is optional. */
  readonly pkceSupported: boolean
  /** Whether users must use a passkey for each sign-in at this client, regardless of the session age. */
  readonly requiresReauthentication: boolean
  /** RFC 9126 §6. */
  readonly requiresPushedAuthorizationRequests: boolean
  /** Whether the consent page is skipped. */
  readonly skipConsent: boolean
  /** Whether only members of the allowed groups may use it. */
  readonly isGroupRestricted: boolean
  /** Group IDs, opaque to core. */
  readonly allowedGroupIds: readonly string[]
  readonly secrets: readonly ClientSecret[]
  readonly federatedIdentities: readonly FederatedIdentity[]
  /** Lifetime of access tokens, in minutes; `null` means sixty, and ten for JWTs for an API. */
  readonly accessTokenDurationMinutes: number | null
  /** Lifetime of refresh tokens, in minutes; each use restarts it. */
  readonly refreshTokenDurationMinutes: number
  readonly protocol: ClientProtocol
  /** The application template whose instructions the client page shows. */
  readonly template: string | null
  /**
   * Additional metadata of a self-registered client (RFC 7591 §2, with the names defined there); `null` for other
   * clients.
   */
  readonly registration: RegisteredMetadata | null
  /**
   * When a self-registered client started waiting for its first use, in milliseconds since the Unix epoch; `null` for
   * all other clients.
   */
  readonly unusedSince: number | null
  /** When the cached metadata document expires, in milliseconds since the Unix epoch; `null` for a client without one. */
  readonly metadataExpiresAt: number | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number
}

/** A client without its allowed groups, which are stored separately. */
export type ClientRecord = Omit<Client, 'allowedGroupIds'>

/** The lifetime of access tokens for logins, in minutes. */
export function accessTokenMinutes({ accessTokenDurationMinutes }: Pick<Client, 'accessTokenDurationMinutes'>): number {
  return accessTokenDurationMinutes ?? 60
}
