import type { CooperativeScheduler } from './cooperative-scheduler.ts'
import type { LdapEntries } from './ldap-entries.ts'
import type { MembershipPlan } from './ldap-plan.ts'
import type { GroupsPlan } from './plan-groups.ts'
import type { PeoplePlan } from './plan-people.ts'
import type { LdapSnapshot } from './snapshot.ts'

interface MembershipInput {
  readonly ldapEntries: LdapEntries
  readonly snapshot: LdapSnapshot
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
}

/** Plans the members to add to and remove from groups that LDAP owns. These contain only users whom LDAP owns. */
export async function planMemberships(
  { ldapEntries, snapshot, people, groups }: MembershipInput,
  scheduler: CooperativeScheduler,
): Promise<readonly MembershipPlan[]> {
  const membersByGroup = Map.groupBy(snapshot.memberships, ({ groupId }) => groupId)
  await scheduler.yield()
  const deletedUserIds = new Set(people.removals.map(({ user }) => user.id))
  const plannedGroupIds = new Set<string>()
  return scheduler.flatMap(ldapEntries.groups, (entry): readonly MembershipPlan[] => {
    const group = groups.byEntryId.get(entry.id)
    if (group === undefined || plannedGroupIds.has(group.id)) return []
    plannedGroupIds.add(group.id)
    const currentIds = new Set(membersByGroup.get(group.id)?.map(({ userId }) => userId))
    const targetIds = new Set(entry.memberIds.flatMap((id) => people.userIds.get(id) ?? []))
    const added = [...targetIds].filter((id) => !currentIds.has(id))
    // Deleting a user already removes the memberships.
    const removed = [...currentIds].filter((id) => !targetIds.has(id) && !deletedUserIds.has(id))
    if (added.length === 0 && removed.length === 0) return []
    return [{ groupId: group.id, groupName: group.friendlyName, added, removed }]
  })
}
