/** A claim that an administrator sets for a user or for the members of a group. */
export interface CustomClaim {
  /** The name of the claim. */
  readonly key: string
  /** Released as JSON if it is valid JSON, otherwise as text. */
  readonly value: string
}

/** A group that an account belongs to. `id` is opaque to core, `name` is what clients receive. */
export interface AccountGroup {
  /** Never changes. */
  readonly id: string
  /** May change; it is displayed and released to clients. */
  readonly name: string
  /** Whether the group gives access to clients only to members with at least two passkeys. */
  readonly requiresTwoPasskeys?: boolean
  /** Claims of the members. If two groups set the same claim, the first group by name wins. */
  readonly customClaims?: readonly CustomClaim[]
}

/** Core's view of a user who can sign in. Its `id` is the `sub` that clients receive (OpenID Connect Core §2). */
export interface Account {
  /** Never changes and is never reassigned. Becomes `sub`. */
  readonly id: string
  /** Becomes `preferred_username`. */
  readonly userName: string
  /** The display name on pages and in the authenticator. */
  readonly displayName: string
  /** Becomes `given_name`. */
  readonly givenName: string | null
  /** Becomes `family_name`. */
  readonly familyName: string | null
  /** Becomes `email`; login codes are sent to it. */
  readonly email: string | null
  /** Becomes `email_verified`: whether the host has verified the e-mail address. */
  readonly emailVerified: boolean
  /** BCP 47 language tag. */
  readonly locale: string | null
  /** From the IANA time zone database, such as `Europe/Zurich`. */
  readonly zoneinfo?: string | null
  /** An absolute URL. */
  readonly picture: string | null
  /** A disabled account cannot sign in or use tokens that were issued before. */
  readonly disabled: boolean
  /** The names become the claim `groups`; group restrictions of clients compare the IDs. */
  readonly groups: readonly AccountGroup[]
  /** Claims of this user, which take precedence over claims of groups. */
  readonly customClaims?: readonly CustomClaim[]
  /** Milliseconds since the Unix epoch; becomes `updated_at`, in seconds. */
  readonly updatedAt: number | null
  /** Additional data for the host's own `claims` function; core never releases it. */
  readonly extra?: Readonly<Record<string, unknown>>
}
