import { createHash } from 'node:crypto'
import { CooperativeScheduler } from './cooperative-scheduler.ts'
import type { LdapEntries } from './ldap-entries.ts'
import type { LdapPlan, LdapRules, MembershipPlan, RemovalCount, RemovalSummary } from './ldap-plan.ts'
import { type GroupsPlan, planGroups } from './plan-groups.ts'
import { type PeoplePlan, planPeople } from './plan-people.ts'
import type { LdapSnapshot } from './snapshot.ts'

/**
 * Compares the LDAP entries with the directory. Pure except for generated IDs. May take a second, but yields to other work.
 *
 * @throws the reason of `signal`
 */
export async function planLdapImport(
  ldapEntries: LdapEntries,
  snapshot: LdapSnapshot,
  rules: LdapRules,
  signal?: AbortSignal,
): Promise<LdapPlan> {
  const scheduler = new CooperativeScheduler(signal)
  const groups = planGroups(ldapEntries, snapshot.groups, rules)
  const people = await planPeople(ldapEntries, snapshot, rules, scheduler)
  const memberships = await planMemberships({ ldapEntries, snapshot, people, groups }, scheduler)
  await scheduler.yield()
  return {
    creations: people.creations,
    changes: people.changes,
    removals: people.removals,
    pictures: people.pictures,
    groupCreations: groups.creations,
    groupChanges: groups.changes,
    groupRemovals: groups.removals,
    memberships,
    problems: [...ldapEntries.problems, ...people.skipped, ...groups.skipped],
    losses: summarizeRemovals({ snapshot, people, groups, memberships, rules }),
    newClaims: rules.newClaims,
  }
}

interface MembershipInput {
  readonly ldapEntries: LdapEntries
  readonly snapshot: LdapSnapshot
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
}

/** Plans the members to add to and remove from groups that LDAP owns. These contain only users whom LDAP owns. */
async function planMemberships(
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

interface RemovalInput {
  readonly snapshot: LdapSnapshot
  readonly people: PeoplePlan
  readonly groups: GroupsPlan
  readonly memberships: readonly MembershipPlan[]
  readonly rules: LdapRules
}

/** Removing this few memberships needs no confirmation: small groups often lose a large share of their members. */
const smallMembershipCount = 20

function summarizeRemovals({ snapshot, people, groups, memberships, rules }: RemovalInput): RemovalSummary {
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
