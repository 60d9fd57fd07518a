import type { CustomClaim } from '../entities/claim.ts'
import type { Group } from '../entities/group.ts'
import type { ManualDecision, User } from '../entities/user.ts'
import type { KnownMembership, LdapImportState, LdapSnapshot } from './snapshot.ts'

/** The user or group that owns a name. */
export interface NameHolder {
  readonly id: string
  readonly key: string
}

/**
 * Reads and writes for imports, many rows per statement. Write methods require the lock of the users and join the running
 * transaction.
 */
export interface LdapStore {
  /** The state to compare with; always four statements. @throws the reason of `signal`, between them */
  readSnapshot(signal: AbortSignal): Promise<LdapSnapshot>
  /** Whether LDAP owns a user without import state. */
  hasUnprocessedUser(): Promise<boolean>
  /** The existing users among these IDs, in any order. */
  findUsers(ids: readonly string[]): Promise<readonly User[]>
  /** The owners of these user names or e-mail addresses, given as keys. */
  nameHolders(keys: readonly string[]): Promise<readonly NameHolder[]>
  insertUsers(users: readonly User[]): Promise<void>
  /** Only for users without claims. */
  insertClaims(userIds: readonly string[], claims: readonly CustomClaim[]): Promise<void>
  updateUsers(users: readonly User[]): Promise<void>
  removeUsers(ids: readonly string[]): Promise<void>
  /** Replaces the import state of these users, except for pictures. */
  saveImportStates(states: readonly LdapImportState[]): Promise<void>
  /** `image` has the same format as `LdapImportState.pictureImage`. */
  savePicture(userId: string, picture: Pick<LdapImportState, 'pictureHash' | 'pictureImage'>): Promise<void>
  recordManualDecision(userId: string, decision: ManualDecision): Promise<void>
  findImportState(userId: string): Promise<LdapImportState | undefined>
  removeImportState(userId: string): Promise<void>
  /** The user who is linked with this entry. */
  findByLdapId(ldapId: string): Promise<User | undefined>
  /** The group that is linked with this entry. */
  findGroupByLdapId(ldapId: string): Promise<Group | undefined>
  findGroups(ids: readonly string[]): Promise<readonly Group[]>
  groupNameHolders(keys: readonly string[]): Promise<readonly NameHolder[]>
  insertGroups(groups: readonly Group[]): Promise<void>
  updateGroups(groups: readonly Group[]): Promise<void>
  removeGroups(ids: readonly string[]): Promise<void>
  /** Adds memberships between users and groups that LDAP owns; returns new and previously expired ones. */
  addMemberships(memberships: readonly KnownMembership[]): Promise<readonly KnownMembership[]>
  /** Returns the memberships that existed. */
  removeMemberships(memberships: readonly KnownMembership[]): Promise<readonly KnownMembership[]>
}
