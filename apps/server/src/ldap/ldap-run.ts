import type { LdapCounts, Removals } from '@pocket/directory'

/** An entry that was skipped, or of which something was left out. */
export interface RunProblem {
  readonly dn: string
  readonly id: string | null
  /** Its sentence is `ldap.problems.CODE` in the catalogue. */
  readonly code: string
  readonly detail: string | null
  /** Who is in the way, and may be linked with the entry. */
  readonly inTheWay: { readonly userId: string; readonly userName: string } | null
}

/** A line of a plan: whom or what it is about, and what becomes of it. */
export interface PlanLine {
  readonly name: string
  /** Of people who are there. */
  readonly userId: string | null
  /** Field by field; empty for who comes and who goes. */
  readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>
}

export const planParts = [
  'created',
  'changed',
  'disabled',
  'enabled',
  'removed',
  'groupsCreated',
  'groupsChanged',
  'groupsRemoved',
  'members',
] as const
export type PlanPart = (typeof planParts)[number]

/** What would be done; of each part the first lines. */
export type PlanSummary = Readonly<Record<PlanPart, readonly PlanLine[]>>

/** How a run ended: `waiting` has changed nothing and wants to be confirmed, `dry` was never meant to. */
export type RunOutcome = 'succeeded' | 'failed' | 'waiting' | 'dry'
export type RunTrigger = 'job' | 'api' | 'page'

/** The report of a run. Instants in milliseconds since the Unix epoch. */
export interface LdapRun {
  /** A UUID. */
  readonly id: string
  readonly trigger: RunTrigger
  readonly outcome: RunOutcome
  readonly startedAt: number
  readonly finishedAt: number
  /** Why it failed, in a stable code, and what it is about. */
  readonly code: string | null
  readonly details: Readonly<Record<string, string>>
  /** What the directory said there is. */
  readonly found: { readonly people: number; readonly groups: number } | null
  /** What was changed; where nothing was, what would be. */
  readonly counts: LdapCounts
  readonly problems: readonly RunProblem[]
  /** How many problems there were; the first are kept. */
  readonly problemCount: number
  /** Of a run that has changed nothing. */
  readonly plan: PlanSummary | null
  readonly losses: Removals | null
  /** What the settings were: another dry run is needed where they are others. */
  readonly settingsHash: string
}
