import type { User } from '../users/user.ts'

/** The ids of what came and what went: groups of a user, or users of a group. */
export interface MembershipChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Somebody in a group. */
export interface Membership {
  readonly userId: string
  readonly groupId: string
  /** Milliseconds since the Unix epoch; from then on the membership counts no more. `null`: it does not end by itself. */
  readonly endsAt: number | null
}

/** Who is in which group; what has ended counts nowhere. What changes it is called under the lock of the users. */
export interface MembershipStore {
  /** By user name. */
  membersOf(groupId: string): Promise<readonly User[]>
  ofGroup(groupId: string): Promise<readonly Membership[]>
  /** How many members the group has. */
  count(groupId: string): Promise<number>
  /** Whether an administrator is among the members. */
  anyAdministrator(groupId: string): Promise<boolean>
  /** Those of these users. */
  ofUsers(groupId: string, userIds: readonly string[]): Promise<readonly Membership[]>
  /** Returns `false`, and changes nothing, where there is no such membership. */
  setEnd(membership: Membership): Promise<boolean>
  /** Removes the memberships that have ended, and returns them. */
  removeEnded(): Promise<readonly Membership[]>
  /** The user, who is there, is in these groups and in no others; what stays ends when it would have. Unknown ones are left aside. */
  replaceGroups(userId: string, groupIds: readonly string[]): Promise<MembershipChange>
  /** These users and no others are in the group, which is there. Unknown ones are left aside. */
  replaceMembers(groupId: string, userIds: readonly string[]): Promise<MembershipChange>
}
