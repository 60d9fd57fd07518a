import type { User } from '../users/user.ts'

/** The ids of what came and what went: groups of a user, or users of a group. */
export interface MembershipChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Who is in which group. What changes it is called under the lock of the users. */
export interface MembershipStore {
  /** By user name. */
  membersOf(groupId: string): Promise<readonly User[]>
  /** The user, who is there, is in these groups and in no others. Unknown ones are left aside. */
  replaceGroups(userId: string, groupIds: readonly string[]): Promise<MembershipChange>
  /** These users and no others are in the group, which is there. Unknown ones are left aside. */
  replaceMembers(groupId: string, userIds: readonly string[]): Promise<MembershipChange>
}
