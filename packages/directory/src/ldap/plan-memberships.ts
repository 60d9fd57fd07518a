import type { LdapAnswer } from './answer.ts'
import type { MembershipPlan } from './ldap-plan.ts'
import type { GroupsPlan } from './plan-groups.ts'
import type { PeoplePlan } from './plan-people.ts'
import type { LdapSnapshot } from './snapshot.ts'
import type { Turns } from './turns.ts'

interface Compared {
  readonly answer: LdapAnswer
  readonly held: LdapSnapshot
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
}

/** Plans the members to add to and remove from groups that LDAP owns. These contain only users whom LDAP owns. */
export async function planMemberships(
  { answer, held, people, groups }: Compared,
  turns: Turns,
): Promise<readonly MembershipPlan[]> {
  const before = new Map<string, string[]>()
  await turns.each(held.memberships, ({ groupId, userId }) => {
    const members = before.get(groupId)
    if (members) members.push(userId)
    else before.set(groupId, [userId])
  })
  const removed = new Set(people.removals.map(({ user }) => user.id))
  const done = new Set<string>()
  return turns.flatMap(answer.groups, (entry): readonly MembershipPlan[] => {
    const group = groups.byEntry.get(entry.id)
    if (group === undefined || done.has(group.id)) return []
    done.add(group.id)
    const old = new Set(before.get(group.id))
    const wanted = new Set(entry.memberIds.flatMap((id) => people.userIds.get(id) ?? []))
    const added = [...wanted].filter((id) => !old.has(id))
    // Deleting a user already removes the memberships.
    const gone = [...old].filter((id) => !wanted.has(id) && !removed.has(id))
    if (added.length === 0 && gone.length === 0) return []
    return [{ groupId: group.id, groupName: group.friendlyName, added, removed: gone }]
  })
}
