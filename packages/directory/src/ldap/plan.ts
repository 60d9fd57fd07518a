import { CooperativeScheduler } from './cooperative-scheduler.ts'
import type { LdapEntries } from './ldap-entries.ts'
import type { LdapPlan, LdapRules } from './ldap-plan.ts'
import { planGroups } from './plan-groups.ts'
import { planMemberships } from './plan-memberships.ts'
import { planPeople } from './plan-people.ts'
import { summarizeRemovals } from './removal-summary.ts'
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

/** Whether there is nothing to do; notes and pictures count as changes. */
export function isEmptyPlan(plan: LdapPlan): boolean {
  const { creations, changes, removals, groupCreations, groupChanges, groupRemovals, memberships, pictures } = plan
  const parts = [creations, changes, removals, groupCreations, groupChanges, groupRemovals, memberships, pictures]
  return parts.every(({ length }) => length === 0)
}
