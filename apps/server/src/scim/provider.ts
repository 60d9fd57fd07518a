import type { ScimProblemCode, ScimRemoval, ScimReport } from '@pocket/directory/internal'
import { isLeased } from '../jobs/lease.ts'

/** A SCIM target of a client. Instants in milliseconds since the Unix epoch. */
export interface ScimProvider {
  readonly id: string
  /** A client has at most one provider. */
  readonly clientId: string
  readonly endpoint: string
  /** Encrypted; empty if the target needs none. */
  readonly token: string
  readonly removal: ScimRemoval
  readonly createdAt: number
  readonly nextRunAt: number
  /** The replica that runs it, until it releases the lease or crashes. */
  readonly leaseOwner: string | null
  readonly leaseUntil: number | null
  readonly startedAt: number | null
  /** When the last complete run finished. */
  readonly succeededAt: number | null
  readonly report: ScimReport | null
}

/** How long a crashed replica blocks a provider, in milliseconds. */
export const leaseMs = 60_000

export function isRunning({ leaseUntil }: Pick<ScimProvider, 'leaseUntil'>, now: number): boolean {
  return isLeased(leaseUntil, now, leaseMs)
}

/** The reason why a target is not up to date, as a key below `scim.reasons`; without a code if it is up to date. */
export function reasonOf({ stopped, problems, user, group }: ScimReport): {
  readonly code?: ScimProblemCode | 'found'
  readonly detail: string | null
} {
  const [first = null] = problems
  return stopped ?? first ?? { ...(user.found + group.found > 0 && { code: 'found' }), detail: null }
}
