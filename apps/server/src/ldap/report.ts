import type { Change } from '@pocket/core'
import { changesBetween } from '@pocket/core/internal'
import type { LdapCounts, LdapPlan, PersonChange, SkippedEntry, User } from '@pocket/directory'
import { importedFields } from '@pocket/directory/internal'
import { csv } from '../audit-log/export.ts'
import { type PlanLine, type PlanSummary, planParts, type RunProblem } from './ldap-run.ts'

/** Maximum number of stored lines per part, and of stored problems. */
const maxStoredLines = 200

/** The lines of a report. */
export function reportCsv(plan: PlanSummary | null, problems: readonly RunProblem[]): string {
  const lines = planParts.flatMap((part) =>
    (plan?.[part] ?? []).flatMap(({ name, userId, changes }) => {
      const fields = Object.entries(changes)
      if (fields.length === 0) return [[part, name, userId, '', '', '']]
      return fields.map(([field, { before, after }]) => [part, name, userId, field, before, after].map(cell))
    }),
  )
  const problemLines = problems.map(({ dn, id, code, detail }) => ['problem', dn, id, code, detail, ''])
  return csv([['part', 'name', 'id', 'field', 'before', 'after'], ...lines, ...problemLines])
}

/** All lines of a report as CSV, if the stored one is shortened. */
export function wholeCsvOf(plan: LdapPlan | null, problems: readonly SkippedEntry[]): string | null {
  const whole = plan && planSummaryOf(plan, Number.POSITIVE_INFINITY)
  const isShortened = [problems, ...Object.values(whole ?? {})].some(({ length }) => length > maxStoredLines)
  return isShortened ? reportCsv(whole, problemsOf(problems, Number.POSITIVE_INFINITY)) : null
}

function cell(value: unknown): unknown {
  return typeof value === 'boolean' ? String(value) : value
}

export function problemsOf(problems: readonly SkippedEntry[], maxLines = maxStoredLines): readonly RunProblem[] {
  return problems.slice(0, maxLines).map(({ dn, id, code, detail, conflictingUser }) => ({
    dn: truncate(dn),
    id: id ?? null,
    code: code.slice(0, 64),
    detail: detail === undefined ? null : truncate(detail),
    conflictingUser: conflictingUser ?? null,
  }))
}

export function planSummaryOf(plan: LdapPlan, maxLines = maxStoredLines): PlanSummary {
  const firstLines = <Item>(items: readonly Item[]) => items.slice(0, maxLines)
  const personLines = (kind: PersonChange['kind']) =>
    firstLines(plan.changes.filter((change) => change.kind === kind)).map(({ before, after }) =>
      planLine(before.user.displayName, before.user.id, changesOf(before.user, after.user)),
    )
  return {
    created: firstLines(administratorsFirst(plan.creations)).map(({ user }) =>
      planLine(
        `${user.displayName} (${user.userName})`,
        null,
        user.administrator ? { administrator: { before: null, after: true } } : {},
      ),
    ),
    changed: personLines('change'),
    disabled: personLines('disable'),
    enabled: personLines('enable'),
    removed: firstLines(plan.removals).map(({ user }) => planLine(user.displayName, user.id)),
    groupsCreated: firstLines(plan.groupCreations).map(({ group }) => planLine(group.name)),
    groupsChanged: firstLines(plan.groupChanges).map(({ before, after }) =>
      planLine(before.name, null, changesBetween(before, after).changes),
    ),
    groupsRemoved: firstLines(plan.groupRemovals).map(({ name }) => planLine(name)),
    members: firstLines(plan.memberships).map(({ groupName, added, removed }) =>
      planLine(groupName, null, { members: { before: removed.length, after: added.length } }),
    ),
  }
}

/** Text for the audit log, without zero counts. */
export function countsText(counts: Partial<LdapCounts>): string {
  return Object.entries(counts)
    .flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : []))
    .join(', ')
}

export function changesOf(before: User | null, after: User | null): Readonly<Record<string, Change>> {
  const pickFields = (user: User | null) =>
    user && Object.fromEntries(importedFields.map((field) => [field, user[field]]))
  return changesBetween(pickFields(before), pickFields(after)).changes ?? {}
}

function planLine(name: string, userId: string | null = null, changes: PlanLine['changes'] = {}): PlanLine {
  return { name, userId, changes }
}

/** Reports are truncated, and new administrators must not be confirmed unseen. */
function administratorsFirst(creations: LdapPlan['creations']): LdapPlan['creations'] {
  return creations.toSorted((left, right) => Number(right.user.administrator) - Number(left.user.administrator))
}

function truncate(text: string): string {
  const cleaned = text.replaceAll('\0', '\ufffd').toWellFormed()
  return cleaned.length > 500 ? `${cleaned.slice(0, 499).toWellFormed()}…` : cleaned
}
