/** The consent of a user for a client (OpenID Connect Core §3.1.2.4), kept until it is withdrawn. */
export interface Consent {
  readonly accountId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** When it was last given or used, in milliseconds since the Unix epoch. */
  readonly updatedAt: number
}
