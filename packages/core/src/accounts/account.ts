/** Something that an administrator says of a person or of a group's members, whatever the claim's name. */
export interface CustomClaim {
  /** The name of the claim. */
  readonly key: string
  /** Told as JSON where it is JSON, else as the text that it is. */
  readonly value: string
}

/** A group that an account belongs to. `id` is opaque to core, `name` is what a client is told. */
export interface AccountGroup {
  /** Never changes. */
  readonly id: string
  /** May change; it is shown, and told. */
  readonly name: string
  /** What is said of its members. Of two groups that say something else, the first by name counts. */
  readonly customClaims?: readonly CustomClaim[]
}

/** Core's view of a person who can sign in. Its `id` is the `sub` that every client sees (OpenID Connect Core §2). */
export interface Account {
  /** Never changes, and never becomes somebody else's. Becomes `sub`. */
  readonly id: string
  /** Becomes `preferred_username`. */
  readonly userName: string
  /** What people are called on pages, and by their authenticator. */
  readonly displayName: string
  /** Becomes `given_name`. */
  readonly givenName: string | null
  /** Becomes `family_name`. */
  readonly familyName: string | null
  /** Becomes `email`; where login codes are sent. */
  readonly email: string | null
  /** Becomes `email_verified`: whether the host knows that the address is theirs. */
  readonly emailVerified: boolean
  /** BCP 47 language tag. */
  readonly locale: string | null
  /** From the IANA time zone database, such as `Europe/Zurich`. */
  readonly zoneinfo?: string | null
  /** An absolute URL. */
  readonly picture: string | null
  /** A disabled account can neither sign in nor use what it was given before. */
  readonly disabled: boolean
  /** Becomes `groups`, by their names; what clients that are restricted to groups look at, by their ids. */
  readonly groups: readonly AccountGroup[]
  /** What is said of this person; it counts before what is said of a group. */
  readonly customClaims?: readonly CustomClaim[]
  /** Milliseconds since the Unix epoch; becomes `updated_at`, in seconds. */
  readonly updatedAt: number | null
  /** What the host knows beside this, for its own `claims` function; core tells nobody. */
  readonly extra?: Readonly<Record<string, unknown>>
}
