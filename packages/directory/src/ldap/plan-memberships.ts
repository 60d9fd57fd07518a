import type { LdapAnswer } from './answer.ts'
import type { LdapHeld } from './held.ts'
import type { MembershipPlan } from './ldap-plan.ts'
import type { GroupsPlan } from './plan-groups.ts'
import type { PeoplePlan } from './plan-people.ts'

interface Compared {
  readonly answer: LdapAnswer
  readonly held: LdapHeld
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
}

/** Who comes into the groups that LDAP owns, and who leaves them. Only people whom LDAP owns are in them. */
export function planMemberships({ answer, held, people, groups }: Compared): readonly MembershipPlan[] {
  const before = Map.groupBy(held.memberships, ({ groupId }) => groupId)
  const removed = new Set(people.removals.map(({ user }) => user.id))
  const done = new Set<string>()
  return answer.groups.flatMap((entry): readonly MembershipPlan[] => {
    const group = groups.byEntry.get(entry.id)
    if (group === undefined || done.has(group.id)) return []
    done.add(group.id)
    const old = new Set((before.get(group.id) ?? []).map(({ userId }) => userId))
    const wanted = new Set(entry.memberIds.flatMap((id) => people.userIds.get(id) ?? []))
    const added = [...wanted].filter((id) => !old.has(id))
    // Whoever is deleted leaves by that.
    const gone = [...old].filter((id) => !wanted.has(id) && !removed.has(id))
    if (added.length === 0 && gone.length === 0) return []
    return [{ groupId: group.id, groupName: group.friendlyName, added, removed: gone }]
  })
}
