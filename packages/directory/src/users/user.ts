import type { Account } from '@pocket/core'
import type { CustomClaim } from '../claims/claim.ts'
import type { GroupWithClaims } from '../groups/group.ts'

/** The directory's record of a person. */
export interface User {
  /** A UUID; becomes the `sub` that every client sees. */
  readonly id: string
  /** Unique, whatever the case of its letters. */
  readonly userName: string
  /** Unique, whatever the case of its letters. */
  readonly email: string | null
  readonly emailVerified: boolean
  /** Empty where it is not known, like the last name. */
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  readonly administrator: boolean
  readonly disabled: boolean
  /** BCP 47 language tag. */
  readonly locale: string | null
  /** The identifier of the LDAP entry that decides the names, e-mail address and membership of LDAP groups, if any does. */
  readonly ldapId: string | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number
}

/** A user with everything that the directory knows of them. */
export interface UserDetails extends User {
  readonly claims: readonly CustomClaim[]
  /** By name. */
  readonly groups: readonly GroupWithClaims[]
}

/** What core may know of a user. */
export function accountOf(user: UserDetails): Account {
  return {
    id: user.id,
    userName: user.userName,
    displayName: user.displayName,
    givenName: user.firstName || null,
    familyName: user.lastName || null,
    email: user.email,
    emailVerified: user.emailVerified,
    locale: user.locale,
    picture: null,
    disabled: user.disabled,
    groups: user.groups.map(({ id, name, claims }) => ({ id, name, customClaims: claims })),
    customClaims: user.claims,
    updatedAt: user.updatedAt,
  }
}
