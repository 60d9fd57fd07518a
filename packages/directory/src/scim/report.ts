import type { ScimKind } from './resource.ts'
import { type ScimError, type ScimErrorCode, scimErrorCodes } from './scim-error.ts'

/** The reason why an object was not provisioned; stable, like {@link ScimErrorCode}. */
export type ScimProblemCode = (typeof scimProblemCodes)[number]

/** Every {@link ScimProblemCode}. */
export const scimProblemCodes = [...scimErrorCodes, 'duplicate', 'id_missing', 'id_reused', 'still_active'] as const

/** A problem with one object. */
export interface ScimProblem {
  readonly kind: ScimKind
  readonly localId: string
  readonly name: string
  readonly code: ScimProblemCode
  readonly detail: string | null
}

/** The results for the objects of one kind. */
export interface ScimCounts {
  /** The number of local objects in scope. */
  total: number
  created: number
  updated: number
  deactivated: number
  deleted: number
  unchanged: number
  /** The number of matching objects that exist but are not managed. */
  found: number
  failed: number
}

/** The result of a run. Times in milliseconds since the Unix epoch. */
export interface ScimReport {
  readonly startedAt: number
  readonly finishedAt: number
  readonly requests: number
  readonly user: Readonly<ScimCounts>
  readonly group: Readonly<ScimCounts>
  /** Whether the target supports only users. */
  readonly withoutGroups: boolean
  /** The problems, at most ten thousand. */
  readonly problems: readonly ScimProblem[]
  readonly problemCount: number
  /** The reason if the run ended early. */
  readonly stopped: {
    readonly code: ScimErrorCode
    readonly detail: string | null
    /** Milliseconds after which the target asks for a retry. */
    readonly retryAfter: number | null
  } | null
}

const maxProblems = 10_000

/** Counts results during a run. */
export class ScimReportBuilder {
  readonly user = zeroCounts()
  readonly group = zeroCounts()
  withoutGroups = false
  readonly #problems: ScimProblem[] = []
  #problemCount = 0

  addProblem(addProblem: ScimProblem): void {
    this.#problemCount++
    this[addProblem.kind].failed++
    if (this.#problems.length < maxProblems) this.#problems.push(addProblem)
  }

  build(times: Pick<ScimReport, 'startedAt' | 'finishedAt' | 'requests'>, failure: ScimError | null): ScimReport {
    const { user, group, withoutGroups } = this
    const stopped = failure && { code: failure.code, detail: failure.detail, retryAfter: failure.retryAfter }
    return { ...times, user, group, withoutGroups, problems: this.#problems, problemCount: this.#problemCount, stopped }
  }
}

function zeroCounts(): ScimCounts {
  return { total: 0, created: 0, updated: 0, deactivated: 0, deleted: 0, unchanged: 0, found: 0, failed: 0 }
}

/** Whether all objects in scope are up to date. Objects that were found but are not managed are not checked. */
export function isComplete({ stopped, problemCount, user, group }: ScimReport): boolean {
  return stopped === null && problemCount === 0 && user.found + group.found === 0
}

/** Whether the run changed the target. */
export function hasChanged({ user, group }: ScimReport): boolean {
  return [user, group].some(
    ({ created, updated, deactivated, deleted }) => created + updated + deactivated + deleted > 0,
  )
}
