import type { DirectoryContext } from '../context.ts'
import type { Step } from './apply-step.ts'
import type { MembershipPlan } from './ldap-plan.ts'

/** The addition or removal of one member. */
interface MembershipChange {
  readonly groupId: string
  readonly groupName: string
  readonly userId: string
  readonly kind: 'added' | 'removed'
}

/** The changes one by one, since a group may contain all users. */
export function membershipChanges(plans: readonly MembershipPlan[]): readonly MembershipChange[] {
  const kinds = ['added', 'removed'] as const
  return plans.flatMap(({ groupId, groupName, ...plan }) =>
    kinds.flatMap((kind) => plan[kind].map((userId) => ({ groupId, groupName, userId, kind }))),
  )
}

export async function changeMemberships(
  { ldap: store }: DirectoryContext,
  changes: readonly MembershipChange[],
): Promise<Step> {
  const pairsOf = (kind: MembershipChange['kind']) => changes.filter((change) => change.kind === kind)
  const removed = await store.removeMemberships(pairsOf('removed'))
  const added = await store.addMemberships(pairsOf('added'))
  const usersOf = (pairs: typeof added, group: string) =>
    pairs.filter(({ groupId }) => groupId === group).map(({ userId }) => userId)
  const memberships = [...new Map(changes.map(({ groupId, groupName }) => [groupId, groupName]))]
    .map(([groupId, groupName]) => ({
      groupId,
      groupName,
      added: usersOf(added, groupId),
      removed: usersOf(removed, groupId),
    }))
    .filter((plan) => plan.added.length > 0 || plan.removed.length > 0)
  return { applied: { memberships }, postponed: [] }
}
