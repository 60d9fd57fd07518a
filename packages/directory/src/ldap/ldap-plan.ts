import type { CustomClaim } from '../entities/claim.ts'
import type { Group } from '../entities/group.ts'
import type { User } from '../entities/user.ts'
import type { LdapProblem } from './ldap-entries.ts'
import type { KnownUser, LdapImportState } from './snapshot.ts'

/** Optional fields of a user that an LDAP attribute can provide. */
export const mappedFields = ['email', 'firstName', 'lastName', 'displayName'] as const

/** The configurable behavior of an import. */
export interface LdapRules {
  /** Members of the group with this name are administrators; empty if imports do not control administrators. */
  readonly administratorGroup: string
  /** The action for a user without an entry. */
  readonly missing: 'disable' | 'delete'
  /** Which fields the directory provides: all other fields stay unchanged. */
  readonly mapped: Readonly<Record<(typeof mappedFields)[number] | 'picture', boolean>>
  /** Whether every user needs an e-mail address. */
  readonly requireEmail: boolean
  /** The fraction of users, groups or memberships, from 0 to 1, that may be removed without confirmation. */
  readonly maxRemovals: number
  /** The claims assigned to every new user. */
  readonly newClaims: readonly CustomClaim[]
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** The LDAP entry of an object. */
export interface LdapEntry {
  readonly dn: string
  readonly id: string
}

/**
 * A skipped entry and the reason. Its user, if any, stays unchanged. For `user_invalid` and `group_invalid` the detail is
 * `FIELD: CODE; FIELD: CODE`, as in the errors of the REST API.
 */
export interface SkippedEntry extends LdapProblem {
  readonly id?: string
  /** The conflicting user, whom an administrator may link with the entry. */
  readonly conflictingUser?: { readonly userId: string; readonly userName: string }
}

/** An entry for which a user will be created. */
export interface PersonCreation {
  readonly entry: LdapEntry
  readonly user: User
  readonly importState: LdapImportState
}

/** The kind of change to an existing user: a `note` updates only the import state. */
export type PersonChangeKind = 'change' | 'disable' | 'enable' | 'note'

/** A change to an existing user; a `note` has no visible effect. */
export interface PersonChange {
  readonly kind: PersonChangeKind
  readonly before: KnownUser
  readonly after: KnownUser
  readonly changed: readonly (keyof User)[]
}

/** A group that will be created. */
export interface GroupCreation {
  readonly entry: LdapEntry
  readonly group: Group
}

/** A change to an existing group. */
export interface GroupChange {
  readonly before: Group
  readonly after: Group
}

/** The members to add to and remove from a group. */
export interface MembershipPlan {
  readonly groupId: string
  readonly groupName: string
  /** IDs of users. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** A picture to set or remove. */
export interface PicturePlan {
  readonly userId: string
  readonly dn: string
  /** `null`: LDAP no longer has a picture. */
  readonly picture: { readonly bytes: Uint8Array; readonly hash: string } | null
  /** Same value as `LdapImportState.pictureImage`. */
  readonly knownImage: string | null
}

/** The changes of an import to each user and group. */
export interface LdapPlan {
  readonly creations: readonly PersonCreation[]
  readonly changes: readonly PersonChange[]
  readonly removals: readonly KnownUser[]
  readonly groupCreations: readonly GroupCreation[]
  readonly groupChanges: readonly GroupChange[]
  readonly groupRemovals: readonly Group[]
  readonly memberships: readonly MembershipPlan[]
  readonly pictures: readonly PicturePlan[]
  /** Problems in the directory, and entries that could not be imported. */
  readonly problems: readonly SkippedEntry[]
  readonly losses: RemovalSummary
  readonly newClaims: readonly CustomClaim[]
}

/** The number of removals and the total. */
export interface RemovalCount {
  readonly lost: number
  readonly of: number
}

/** The removals of an import, and whether they need confirmation. */
export interface RemovalSummary {
  readonly people: RemovalCount
  readonly groups: RemovalCount
  readonly memberships: RemovalCount
  readonly asks: boolean
  /** Identifies this set of removals: a confirmation applies to no other set. */
  readonly digest: string
}
