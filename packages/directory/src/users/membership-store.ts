import type { User } from '../entities/user.ts'

/** The added and removed IDs: groups of a user, or users of a group. */
export interface MembershipChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** The membership of a user in a group. */
export interface Membership {
  readonly userId: string
  readonly groupId: string
  /** Milliseconds since the Unix epoch, after which the membership no longer counts. `null`: it does not expire. */
  readonly endsAt: number | null
}

/** Stores group memberships and ignores expired ones. Write methods require the lock of the users. */
export interface MembershipStore {
  /** Sorted by user name. */
  listMembers(groupId: string): Promise<readonly User[]>
  listByGroup(groupId: string): Promise<readonly Membership[]>
  count(groupId: string): Promise<number>
  /** Whether any member is an administrator. */
  hasAdministrator(groupId: string): Promise<boolean>
  listByUsers(groupId: string, userIds: readonly string[]): Promise<readonly Membership[]>
  /** Returns `false` without changes if the membership does not exist. */
  setEnd(membership: Membership): Promise<boolean>
  removeEnded(): Promise<readonly Membership[]>
  /** Replaces the groups of an existing user; kept memberships keep their expiry. Ignores unknown IDs. */
  replaceGroups(userId: string, groupIds: readonly string[]): Promise<MembershipChange>
  /** Replaces the members of an existing group. Ignores unknown IDs. */
  replaceMembers(groupId: string, userIds: readonly string[]): Promise<MembershipChange>
}
