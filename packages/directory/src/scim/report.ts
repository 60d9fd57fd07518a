import type { ScimKind } from './resource.ts'
import { type ScimFailure, type ScimFailureCode, scimFailureCodes } from './scim-failure.ts'

/** Why an object was not provisioned; stable, as {@link ScimFailureCode}. */
export type ScimProblemCode = (typeof scimProblemCodes)[number]

/** Every {@link ScimProblemCode}. */
export const scimProblemCodes = [...scimFailureCodes, 'duplicate', 'id_missing', 'id_reused', 'still_active'] as const

/** One object that something is wrong with. */
export interface ScimProblem {
  readonly kind: ScimKind
  readonly localId: string
  readonly name: string
  readonly code: ScimProblemCode
  /** What the target said. */
  readonly detail: string | null
}

/** What became of the objects of one kind. */
export interface ScimCounts {
  /** In scope here. */
  total: number
  created: number
  updated: number
  deactivated: number
  deleted: number
  unchanged: number
  /** There already, and not ours. */
  found: number
  failed: number
}

/** What came of a run. Instants in milliseconds since the Unix epoch. */
export interface ScimReport {
  readonly startedAt: number
  readonly finishedAt: number
  readonly requests: number
  readonly user: Readonly<ScimCounts>
  readonly group: Readonly<ScimCounts>
  /** Whether the target knows people only. */
  readonly withoutGroups: boolean
  /** The first hundred. */
  readonly problems: readonly ScimProblem[]
  readonly problemCount: number
  /** Why it ended before everything was done. */
  readonly stopped: {
    readonly code: ScimFailureCode
    readonly detail: string | null
    /** Milliseconds after which the target wants to be asked again. */
    readonly retryAfter: number | null
  } | null
}

const maxProblems = 100

/** Counts while a run goes on. */
export class ScimTally {
  readonly user = noCounts()
  readonly group = noCounts()
  withoutGroups = false
  readonly #problems: ScimProblem[] = []
  #count = 0

  problem(problem: ScimProblem): void {
    this.#count++
    this[problem.kind].failed++
    if (this.#problems.length < maxProblems) this.#problems.push(problem)
  }

  report(times: Pick<ScimReport, 'startedAt' | 'finishedAt' | 'requests'>, failure: ScimFailure | null): ScimReport {
    const { user, group, withoutGroups } = this
    const stopped = failure && { code: failure.code, detail: failure.detail, retryAfter: failure.retryAfter }
    return { ...times, user, group, withoutGroups, problems: this.#problems, problemCount: this.#count, stopped }
  }
}

function noCounts(): ScimCounts {
  return { total: 0, created: 0, updated: 0, deactivated: 0, deleted: 0, unchanged: 0, found: 0, failed: 0 }
}

/**
 * Whether everything in scope is as it should be. What was found there and is not ours is left as it is, so nobody knows that of it.
 *
 * @example
 * ```ts
 * if (!isComplete(report)) runAgainLater()
 * ```
 */
export function isComplete({ stopped, problemCount, user, group }: ScimReport): boolean {
  return stopped === null && problemCount === 0 && user.found + group.found === 0
}

/**
 * Whether the target was changed.
 *
 * @example
 * ```ts
 * if (hasChanged(report)) logger.info(report)
 * ```
 */
export function hasChanged({ user, group }: ScimReport): boolean {
  return [user, group].some(
    ({ created, updated, deactivated, deleted }) => created + updated + deactivated + deleted > 0,
  )
}
