import type { ApplyPorts, Step } from './apply-step.ts'
import type { HeldMembership } from './held.ts'
import type { MembershipPlan } from './ldap-plan.ts'

/** So many memberships a transaction. */
const most = 2000

/** The same changes in parts of which none is large: a group may hold everybody. */
export function membershipParts(plans: readonly MembershipPlan[]): readonly (readonly MembershipPlan[])[] {
  const parts: MembershipPlan[][] = []
  let part: MembershipPlan[] = []
  let room = 0
  for (const { groupId, groupName, added, removed } of plans) {
    const all = [...added.map((id) => ({ id, isNew: true })), ...removed.map((id) => ({ id, isNew: false }))]
    for (let at = 0; at < all.length; ) {
      if (room === 0) {
        part = []
        parts.push(part)
        room = most
      }
      const some = all.slice(at, at + room)
      const ids = (isNew: boolean) => some.filter((each) => each.isNew === isNew).map(({ id }) => id)
      part.push({ groupId, groupName, added: ids(true), removed: ids(false) })
      at += some.length
      room -= some.length
    }
  }
  return parts
}

export async function changeMemberships({ store }: ApplyPorts, plans: readonly MembershipPlan[]): Promise<Step> {
  const pairs = (side: 'added' | 'removed'): readonly HeldMembership[] =>
    plans.flatMap((plan) => plan[side].map((userId) => ({ groupId: plan.groupId, userId })))
  const removed = Map.groupBy(await store.removeMemberships(pairs('removed')), ({ groupId }) => groupId)
  const added = Map.groupBy(await store.addMemberships(pairs('added')), ({ groupId }) => groupId)
  const ids = (found: readonly HeldMembership[] | undefined) => (found ?? []).map(({ userId }) => userId)
  const memberships = plans
    .map((plan) => ({ ...plan, added: ids(added.get(plan.groupId)), removed: ids(removed.get(plan.groupId)) }))
    .filter((plan) => plan.added.length > 0 || plan.removed.length > 0)
  return { done: { memberships }, postponed: [] }
}
