import type { CustomClaim } from '../claims/claim.ts'
import type { Group } from '../groups/group.ts'
import type { User } from '../users/user.ts'
import type { KnownMembership, LdapMark, LdapSnapshot } from './snapshot.ts'

/** Somebody, or a group, that a name belongs to. */
export interface NameHolder {
  readonly id: string
  readonly key: string
}

/** What somebody has decided by hand about a person whom LDAP owns. */
export type ManualDecision = Partial<Pick<User, 'administrator' | 'disabled'>>

/**
 * Where an import reads and writes, many rows by each statement. Whatever writes is called under the lock of the users, and
 * joins the running transaction.
 */
export interface LdapStore {
  /** All that there is to compare with; always four statements. @throws the reason of `signal`, between them */
  held(signal: AbortSignal): Promise<LdapSnapshot>
  /** Whether LDAP owns somebody of whom nothing is remembered. */
  anyUntouched(): Promise<boolean>
  /** Those of these users that there are, in any order. */
  users(ids: readonly string[]): Promise<readonly User[]>
  /** Whose these user names or e-mail addresses are, as keys. */
  nameHolders(keys: readonly string[]): Promise<readonly NameHolder[]>
  insertUsers(users: readonly User[]): Promise<void>
  /** For users who have none. */
  insertClaims(userIds: readonly string[], claims: readonly CustomClaim[]): Promise<void>
  updateUsers(users: readonly User[]): Promise<void>
  /** Takes their names from these users, who are given others in the same transaction. */
  releaseNames(ids: readonly string[]): Promise<void>
  removeUsers(ids: readonly string[]): Promise<void>
  /** Remembers these, in the place of what was remembered of the same people; pictures stay as they are known. */
  putMarks(marks: readonly LdapMark[]): Promise<void>
  /** `image` as `LdapMark.pictureImage`. */
  putPicture(userId: string, picture: Pick<LdapMark, 'pictureHash' | 'pictureImage'>): Promise<void>
  recordManualDecision(userId: string, decided: ManualDecision): Promise<void>
  mark(userId: string): Promise<LdapMark | undefined>
  removeMark(userId: string): Promise<void>
  /** The user whom this entry owns. */
  owned(ldapId: string): Promise<User | undefined>
  /** The group that this entry owns. */
  ownedGroup(ldapId: string): Promise<Group | undefined>
  groups(ids: readonly string[]): Promise<readonly Group[]>
  groupNameHolders(keys: readonly string[]): Promise<readonly NameHolder[]>
  insertGroups(groups: readonly Group[]): Promise<void>
  updateGroups(groups: readonly Group[]): Promise<void>
  releaseGroupNames(ids: readonly string[]): Promise<void>
  removeGroups(ids: readonly string[]): Promise<void>
  /** Of people and groups that LDAP owns; returns those that were made, or did not count any more. */
  addMemberships(memberships: readonly KnownMembership[]): Promise<readonly KnownMembership[]>
  /** Returns those that there were. */
  removeMemberships(memberships: readonly KnownMembership[]): Promise<readonly KnownMembership[]>
}
