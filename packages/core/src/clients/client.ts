/** One of a client's secrets. What the client holds is not stored. */
export interface ClientSecret {
  readonly id: string
  /** SHA-256 of the secret, base64url. */
  readonly hash: string
  /** The first characters, so that people can tell secrets apart. */
  readonly prefix: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  readonly expiresAt: number | null
}

/** An OAuth client (a relying party). */
export interface Client {
  /** The `client_id`. */
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** A public client has no secret and must use PKCE (RFC 7636). */
  readonly isPublic: boolean
  readonly pkceRequired: boolean
  readonly secrets: readonly ClientSecret[]
  /** Which application's instructions its page shows. */
  readonly template: string | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}
