import type { ScimProblemCode, ScimRemoval, ScimReport } from '@pocket/directory'
import { isLeased } from '../jobs/job-store.ts'

/** Where the people of a client are provisioned. Instants in milliseconds since the Unix epoch. */
export interface ScimProvider {
  /** A UUID. */
  readonly id: string
  /** A client has one at most. */
  readonly clientId: string
  readonly endpoint: string
  /** Encrypted; empty where the target wants none. */
  readonly token: string
  readonly removal: ScimRemoval
  readonly createdAt: number
  /** When it is due. */
  readonly nextRunAt: number
  /** The replica that runs it, until it lets go of it or dies. */
  readonly leaseOwner: string | null
  readonly leaseUntil: number | null
  /** When its last run began. */
  readonly startedAt: number | null
  /** When everything was last as it should be. */
  readonly succeededAt: number | null
  /** What came of the last run that has ended. */
  readonly report: ScimReport | null
}

/** How long a replica that has died keeps a provider from the others, in milliseconds. */
export const leaseMs = 60_000

/** Whether one of the replicas runs it now. */
export function isRunning({ leaseUntil }: Pick<ScimProvider, 'leaseUntil'>, now: number): boolean {
  return isLeased(leaseUntil, now, leaseMs)
}

/** Why a target is not up to date, as below `scim.reasons` in the catalogue; without a code where it is. */
export function reasonOf({ stopped, problems, user, group }: ScimReport): {
  readonly code?: ScimProblemCode | 'found'
  readonly detail: string | null
} {
  const [first = null] = problems
  return stopped ?? first ?? { ...(user.found + group.found > 0 && { code: 'found' }), detail: null }
}
