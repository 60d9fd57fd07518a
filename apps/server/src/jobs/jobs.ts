import type { AuditSink, Clock } from '@pocket/core'
import { NotFoundError } from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import type { JobOutcome } from './job.table.ts'
import type { JobStore } from './job-store.ts'
import { isLeased } from './lease.ts'
import { defaultLeaseMs, type Scheduler } from './scheduler.ts'

/** A job for administrators. Instants in milliseconds since the Unix epoch. */
export interface JobItem {
  readonly name: string
  /** Milliseconds between the end of a run and the start of the next one. */
  readonly intervalMs: number
  readonly isRunning: boolean
  readonly nextRunAt: number
  readonly lastStartedAt: number | null
  /** `null` until a run has finished. */
  readonly lastRun: {
    readonly outcome: JobOutcome
    readonly finishedAt: number
    /** Milliseconds; `null` while the next run is in progress. */
    readonly took: number | null
    readonly error: string | null
  } | null
}

export interface Jobs {
  list(): Promise<readonly JobItem[]>
  /**
   * Requests a run as soon as possible and tries to start it on this replica. Returns `false` if it is already running.
   *
   * @throws {NotFoundError} `job_not_found`
   */
  runNow(actor: Actor, name: string): Promise<boolean>
}

export interface JobDeps {
  readonly store: JobStore
  readonly scheduler: Pick<Scheduler, 'intervals' | 'runDue'>
  readonly audit: AuditSink
  readonly clock: Clock
}

export function createJobs({ store, scheduler, audit, clock }: JobDeps): Jobs {
  /** The jobs of this version: the table may also contain jobs of older versions. */
  const list = async (): Promise<readonly JobItem[]> => {
    const now = clock.now()
    const intervals = scheduler.intervals()
    return (await store.list()).flatMap((state): readonly JobItem[] => {
      const intervalMs = intervals.get(state.name)
      if (intervalMs === undefined) return []
      const { name, nextRunAt, lastStartedAt, lastFinishedAt, lastOutcome, lastError } = state
      const isRunning = isLeased(state.leaseUntil, now, defaultLeaseMs)
      const lastRun =
        lastOutcome === null || lastFinishedAt === null
          ? null
          : {
              outcome: lastOutcome,
              finishedAt: lastFinishedAt,
              took: lastStartedAt === null || lastStartedAt > lastFinishedAt ? null : lastFinishedAt - lastStartedAt,
              error: lastError,
            }
      return [{ name, intervalMs, isRunning, nextRunAt, lastStartedAt, lastRun }]
    })
  }
  return {
    list,
    async runNow({ id, origin }, name) {
      const job = (await list()).find((item) => item.name === name)
      if (!job) throw new NotFoundError('job_not_found', 'There is no such job.')
      if (job.isRunning) return false
      await store.markDue(name, clock.now())
      await audit.record({ event: 'job_requested', job: name, by: id }, origin)
      // A run may take minutes; the scheduler records its result.
      void scheduler.runDue()
      return true
    },
  }
}
