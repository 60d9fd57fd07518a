import type { CustomClaim } from '../claims/claim.ts'
import type { Group } from '../groups/group.ts'
import type { User } from '../users/user.ts'
import type { LdapProblem } from './answer.ts'
import type { KnownUser, LdapMark } from './snapshot.ts'

/** How an import behaves where there is a choice. */
export interface LdapRules {
  /** Members of the group of this name are administrators; empty where no import decides that. */
  readonly administratorGroup: string
  /** What becomes of somebody whose entry is gone. */
  readonly missing: 'disable' | 'delete'
  /** What the directory is asked for: what it is not asked for stays as it is. */
  readonly mapped: Readonly<Record<'email' | 'firstName' | 'lastName' | 'displayName' | 'picture', boolean>>
  /** Whether everybody needs an e-mail address. */
  readonly requireEmail: boolean
  /** What part of the people, groups or memberships, from 0 to 1, may go without anybody being asked. */
  readonly maxRemovals: number
  /** What is said of everybody who is new. */
  readonly newClaims: readonly CustomClaim[]
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** Where something comes from. */
export interface LdapEntry {
  readonly dn: string
  readonly id: string
}

/**
 * An entry of which nothing came, and why. Its user, if there is one, stays as they are. Of `user_invalid` and `group_invalid`
 * the detail is `FIELD: CODE; FIELD: CODE`, as in the errors of the REST API.
 */
export interface SkippedEntry extends LdapProblem {
  readonly id?: string
  /** The user who is in the way, and whom an administrator may link with the entry. */
  readonly inTheWay?: { readonly userId: string; readonly userName: string }
}

/** Somebody who is not there yet, and becomes a user. */
export interface PersonCreation {
  readonly entry: LdapEntry
  readonly user: User
  readonly mark: LdapMark
}

/** What happens to somebody who is there: a `note` is for the next import alone. */
export type PersonChangeKind = 'change' | 'disable' | 'enable' | 'note'

/** What becomes of somebody who is there; of a `note` nobody sees anything. */
export interface PersonChange {
  readonly kind: PersonChangeKind
  readonly before: KnownUser
  readonly after: KnownUser
  readonly changed: readonly (keyof User)[]
}

/** A group that is not there yet. */
export interface GroupCreation {
  readonly entry: LdapEntry
  readonly group: Group
}

/** What becomes of a group that is there. */
export interface GroupChange {
  readonly before: Group
  readonly after: Group
}

/** Who joins a group, and who leaves it. */
export interface MembershipPlan {
  readonly groupId: string
  readonly groupName: string
  /** Ids of users. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** A picture that somebody is to have, or to lose. */
export interface PicturePlan {
  readonly userId: string
  readonly dn: string
  /** `null`: LDAP has none any more. */
  readonly picture: { readonly bytes: Uint8Array; readonly hash: string } | null
  /** As `LdapMark.pictureImage`. */
  readonly knownImage: string | null
}

/** What an import does, person by person and group by group. */
export interface LdapPlan {
  readonly creations: readonly PersonCreation[]
  readonly changes: readonly PersonChange[]
  readonly removals: readonly KnownUser[]
  readonly groupCreations: readonly GroupCreation[]
  readonly groupChanges: readonly GroupChange[]
  readonly groupRemovals: readonly Group[]
  readonly memberships: readonly MembershipPlan[]
  readonly pictures: readonly PicturePlan[]
  /** What the directory said wrong, and what could not be taken over. */
  readonly problems: readonly SkippedEntry[]
  readonly losses: Removals
  readonly newClaims: readonly CustomClaim[]
}

/** How many of how many go. */
export interface Removal {
  readonly lost: number
  readonly of: number
}

/** What an import takes away, and whether that is so much that somebody has to be asked. */
export interface Removals {
  readonly people: Removal
  readonly groups: Removal
  readonly memberships: Removal
  readonly asks: boolean
  /** The same for the same losses: whoever agrees to them agrees to no others. */
  readonly digest: string
}
