import type { LdapCounts, RemovalSummary } from '@pocket/directory'

export interface RunProblem {
  readonly dn: string
  readonly id: string | null
  /** Its message is `ldap.problems.CODE` in the catalog. */
  readonly code: string
  readonly detail: string | null
  /** The existing user that conflicts with the entry and may be linked to it. */
  readonly conflictingUser: { readonly userId: string; readonly userName: string } | null
}

/** A line of a plan: the affected user or group and its changes. */
export interface PlanLine {
  readonly name: string
  /** Set for existing users. */
  readonly userId: string | null
  /** Changes by field; empty for creations and removals. */
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

/** The planned changes; the first lines of each part. */
export type PlanSummary = Readonly<Record<PlanPart, readonly PlanLine[]>>

/** The outcome of a run: `waiting` changed nothing and needs confirmation, `dry` was a dry run. */
export type RunOutcome = 'succeeded' | 'failed' | 'waiting' | 'dry'
export type RunTrigger = 'job' | 'api' | 'page'

/** The report of a run. Instants in milliseconds since the Unix epoch. */
export interface LdapRun {
  readonly id: string
  readonly trigger: RunTrigger
  readonly outcome: RunOutcome
  readonly startedAt: number
  readonly finishedAt: number
  /** The stable error code of a failure, and its details. */
  readonly code: string | null
  readonly details: Readonly<Record<string, string>>
  readonly found: { readonly people: number; readonly groups: number } | null
  /** The applied changes, or the planned ones if none were applied. */
  readonly counts: LdapCounts
  readonly problems: readonly RunProblem[]
  /** The total number of problems; only the first are stored. */
  readonly problemCount: number
  /** Set for a run that changed nothing. */
  readonly plan: PlanSummary | null
  readonly losses: RemovalSummary | null
  /** The hash of the settings: changed settings require another dry run. */
  readonly settingsHash: string
}
