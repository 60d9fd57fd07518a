import type { Change } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { LdapCounts, LdapPlan, PersonChange, SkippedEntry, User } from '@pocket/directory'
import type { PlanLine, PlanSummary, RunProblem } from './ldap-run.ts'

/** Maximum number of stored lines per part, and of stored problems. */
const most = 200

/** The user fields that are listed individually. */
const told = [
  'userName',
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'displayName',
  'administrator',
  'disabled',
] as const

export function problemsOf(problems: readonly SkippedEntry[]): readonly RunProblem[] {
  return problems.slice(0, most).map(({ dn, id, code, detail, inTheWay }) => ({
    dn: short(dn),
    id: id ?? null,
    code: code.slice(0, 64),
    detail: detail === undefined ? null : short(detail),
    inTheWay: inTheWay ?? null,
  }))
}

export function planSummaryOf(plan: LdapPlan): PlanSummary {
  const people = (kind: PersonChange['kind']) =>
    some(plan.changes.filter((change) => change.kind === kind)).map(({ before, after }) =>
      line(before.user.displayName, before.user.id, changesOf(before.user, after.user)),
    )
  return {
    created: some(administratorsFirst(plan.creations)).map(({ user }) =>
      line(
        `${user.displayName} (${user.userName})`,
        null,
        user.administrator ? { administrator: { before: null, after: true } } : {},
      ),
    ),
    changed: people('change'),
    disabled: people('disable'),
    enabled: people('enable'),
    removed: some(plan.removals).map(({ user }) => line(user.displayName, user.id)),
    groupsCreated: some(plan.groupCreations).map(({ group }) => line(group.name)),
    groupsChanged: some(plan.groupChanges).map(({ before, after }) =>
      line(before.name, null, changesBetween(before, after).changes),
    ),
    groupsRemoved: some(plan.groupRemovals).map(({ name }) => line(name)),
    members: some(plan.memberships).map(({ groupName, added, removed }) =>
      line(groupName, null, { members: { before: removed.length, after: added.length } }),
    ),
  }
}

/** Counts the changes of a plan. */
export function plannedCounts(plan: LdapPlan): LdapCounts {
  const kind = (wanted: PersonChange['kind']) => plan.changes.filter((change) => change.kind === wanted).length
  return {
    created: plan.creations.length,
    changed: kind('change'),
    disabled: kind('disable'),
    enabled: kind('enable'),
    removed: plan.removals.length,
    groupsCreated: plan.groupCreations.length,
    groupsChanged: plan.groupChanges.length,
    groupsRemoved: plan.groupRemovals.length,
    membersAdded: plan.memberships.reduce((sum, { added }) => sum + added.length, 0),
    membersRemoved: plan.memberships.reduce((sum, { removed }) => sum + removed.length, 0),
  }
}

/** Text for the audit log, without zero counts. */
export function countsText(counts: Partial<LdapCounts>): string {
  return Object.entries(counts)
    .flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : []))
    .join(', ')
}

/** The user fields that an import has changed. */
export function changesOf(before: User | null, after: User | null): Readonly<Record<string, Change>> {
  const part = (user: User | null) => user && Object.fromEntries(told.map((field) => [field, user[field]]))
  return changesBetween(part(before), part(after)).changes ?? {}
}

function line(name: string, userId: string | null = null, changes: PlanLine['changes'] = {}): PlanLine {
  return { name, userId, changes }
}

/** Reports are truncated, and new administrators must not be confirmed unseen. */
function administratorsFirst(creations: LdapPlan['creations']): LdapPlan['creations'] {
  return creations.toSorted((one, other) => Number(other.user.administrator) - Number(one.user.administrator))
}

function some<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(0, most)
}

function short(text: string): string {
  const clean = text.replaceAll('\0', '\ufffd').toWellFormed()
  return clean.length > 500 ? `${clean.slice(0, 499).toWellFormed()}…` : clean
}
