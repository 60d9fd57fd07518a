import type { DirectoryContext } from '../context.ts'
import type { Step } from './apply-step.ts'
import type { MembershipPlan } from './ldap-plan.ts'
import type { KnownMembership } from './snapshot.ts'

/** A part of the changes with a limited number of memberships. */
interface MembershipBatch {
  readonly plans: readonly MembershipPlan[]
  readonly count: number
}

/** Splits the changes into parts no larger than `maxCount` at the start of each part, since a group may contain all users. */
export function* splitMemberships(
  plans: readonly MembershipPlan[],
  maxCount: () => number,
): Generator<MembershipBatch> {
  let batch: MembershipPlan[] = []
  let count = 0
  let limit = maxCount()
  for (const { groupId, groupName, added, removed } of plans) {
    for (let offset = 0; offset < added.length + removed.length; ) {
      const end = offset + limit - count
      const slice = {
        added: added.slice(offset, end),
        removed: removed.slice(Math.max(0, offset - added.length), Math.max(0, end - added.length)),
      }
      batch.push({ groupId, groupName, ...slice })
      const sliceLength = slice.added.length + slice.removed.length
      offset += sliceLength
      count += sliceLength
      if (count < limit) continue
      yield { plans: batch, count }
      batch = []
      count = 0
      limit = maxCount()
    }
  }
  if (count > 0) yield { plans: batch, count }
}

export async function changeMemberships(
  { ldap: store }: DirectoryContext,
  plans: readonly MembershipPlan[],
): Promise<Step> {
  const pairsOf = (kind: 'added' | 'removed'): readonly KnownMembership[] =>
    plans.flatMap((plan) => plan[kind].map((userId) => ({ groupId: plan.groupId, userId })))
  const removed = Map.groupBy(await store.removeMemberships(pairsOf('removed')), ({ groupId }) => groupId)
  const added = Map.groupBy(await store.addMemberships(pairsOf('added')), ({ groupId }) => groupId)
  const userIdsOf = (pairs: readonly KnownMembership[] | undefined) => (pairs ?? []).map(({ userId }) => userId)
  const memberships = plans
    .map((plan) => ({
      ...plan,
      added: userIdsOf(added.get(plan.groupId)),
      removed: userIdsOf(removed.get(plan.groupId)),
    }))
    .filter((plan) => plan.added.length > 0 || plan.removed.length > 0)
  return { applied: { memberships }, postponed: [] }
}
