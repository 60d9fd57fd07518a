import type { ApplyPorts, Step } from './apply-step.ts'
import type { MembershipPlan } from './ldap-plan.ts'
import type { KnownMembership } from './snapshot.ts'

/** A part of the changes with a limited number of memberships. */
interface MembershipPart {
  readonly part: readonly MembershipPlan[]
  readonly pairs: number
}

/** Splits the changes into parts no larger than `most` at the start of each part, since a group may contain all users. */
export function* membershipParts(plans: readonly MembershipPlan[], most: () => number): Generator<MembershipPart> {
  let part: MembershipPlan[] = []
  let pairs = 0
  let room = most()
  for (const { groupId, groupName, added, removed } of plans) {
    for (let at = 0; at < added.length + removed.length; ) {
      const end = at + room - pairs
      const some = {
        added: added.slice(at, end),
        removed: removed.slice(Math.max(0, at - added.length), Math.max(0, end - added.length)),
      }
      part.push({ groupId, groupName, ...some })
      const taken = some.added.length + some.removed.length
      at += taken
      pairs += taken
      if (pairs < room) continue
      yield { part, pairs }
      part = []
      pairs = 0
      room = most()
    }
  }
  if (pairs > 0) yield { part, pairs }
}

export async function changeMemberships({ store }: ApplyPorts, plans: readonly MembershipPlan[]): Promise<Step> {
  const pairs = (side: 'added' | 'removed'): readonly KnownMembership[] =>
    plans.flatMap((plan) => plan[side].map((userId) => ({ groupId: plan.groupId, userId })))
  const removed = Map.groupBy(await store.removeMemberships(pairs('removed')), ({ groupId }) => groupId)
  const added = Map.groupBy(await store.addMemberships(pairs('added')), ({ groupId }) => groupId)
  const ids = (found: readonly KnownMembership[] | undefined) => (found ?? []).map(({ userId }) => userId)
  const memberships = plans
    .map((plan) => ({ ...plan, added: ids(added.get(plan.groupId)), removed: ids(removed.get(plan.groupId)) }))
    .filter((plan) => plan.added.length > 0 || plan.removed.length > 0)
  return { done: { memberships }, postponed: [] }
}
