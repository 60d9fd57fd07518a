import type { Account } from '@pocket/core'
import type { CustomClaim } from './claim.ts'
import type { GroupWithClaims } from './group.ts'

/** A user in the directory. */
export interface User {
  /** A UUID; used as the `sub` for every client. */
  readonly id: string
  /** Unique, ignoring case. */
  readonly userName: string
  /** Unique, ignoring case. */
  readonly email: string | null
  readonly emailVerified: boolean
  /** Empty if unknown, like the last name. */
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  readonly administrator: boolean
  readonly disabled: boolean
  /** BCP 47 language tag. */
  readonly locale: string | null
  /** The identifier of the LDAP entry that controls the names, e-mail address and LDAP group memberships, if any. */
  readonly ldapId: string | null
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  /** Milliseconds since the Unix epoch. */
  readonly updatedAt: number
}

/** A manual decision of an administrator about a user whom LDAP owns. */
export type ManualDecision = Partial<Pick<User, 'administrator' | 'disabled'>>

/** A user with groups and claims. */
export interface UserDetails extends User {
  readonly claims: readonly CustomClaim[]
  /** Sorted by name. */
  readonly groups: readonly GroupWithClaims[]
}

/** The account that core receives for a user. */
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
    groups: user.groups.map(({ id, name, claims, requiresTwoPasskeys }) => ({
      ...{ id, name, requiresTwoPasskeys },
      customClaims: claims,
    })),
    customClaims: user.claims,
    updatedAt: user.updatedAt,
  }
}
