import { createHash } from 'node:crypto'
import type { LdapRules, MembershipPlan, RemovalCount, RemovalSummary } from './ldap-plan.ts'
import type { GroupsPlan } from './plan-groups.ts'
import type { PeoplePlan } from './plan-people.ts'
import type { LdapSnapshot } from './snapshot.ts'

interface RemovalInput {
  readonly snapshot: LdapSnapshot
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
  readonly memberships: readonly MembershipPlan[]
  readonly rules: LdapRules
}

/** Removing this few memberships needs no confirmation: small groups often lose a large share of their members. */
const smallMembershipCount = 20

export function summarizeRemovals({ snapshot, people, groups, memberships, rules }: RemovalInput): RemovalSummary {
  const disabledIds = people.changes.filter(({ kind }) => kind === 'disable').map(({ before }) => before.user.id)
  const deletedIds = people.removals.map(({ user }) => user.id)
  const deletedIdSet = new Set(deletedIds)
  const activePeople = snapshot.people.filter(
    ({ user, importState }) => !importState.disabledByImport || deletedIdSet.has(user.id),
  )
  const ownedGroups = snapshot.groups.filter(({ ldapId }) => ldapId !== null)
  const removedMemberships = memberships.reduce((sum, plan) => sum + plan.removed.length, 0)
  const counts = {
    people: { lost: disabledIds.length + deletedIds.length, of: activePeople.length },
    groups: { lost: groups.removals.length, of: ownedGroups.length },
    memberships: { lost: removedMemberships, of: snapshot.memberships.length },
  }
  const exceedsLimit = ({ lost, of }: RemovalCount) => lost > of * rules.maxRemovals
  const needsConfirmation =
    exceedsLimit(counts.people) ||
    exceedsLimit(counts.groups) ||
    (removedMemberships > smallMembershipCount && exceedsLimit(counts.memberships))
  const removalIds = [
    disabledIds.toSorted(),
    deletedIds.toSorted(),
    groups.removals.map(({ id }) => id).toSorted(),
    memberships.flatMap((plan) => plan.removed.map((userId) => `${plan.groupId} ${userId}`)).toSorted(),
  ]
  return {
    ...counts,
    asks: needsConfirmation,
    digest: createHash('sha256').update(JSON.stringify(removalIds)).digest('base64url'),
  }
}
