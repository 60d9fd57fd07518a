import type { AuditSink, Clock } from '@pocket/core'
import { NotFound } from '@pocket/core/errors'
import type { Actor } from '../users/actor.ts'
import { isLeased, type JobOutcome, type JobStore } from './job-store.ts'
import { defaultLeaseMs, type Scheduler } from './scheduler.ts'

/** A job as an administrator sees it. Instants in milliseconds since the Unix epoch. */
export interface JobItem {
  readonly name: string
  /** Milliseconds from the end of a run to the begin of the next one. */
  readonly intervalMs: number
  /** Whether one of the replicas runs it now. */
  readonly isRunning: boolean
  readonly nextRunAt: number
  readonly lastStartedAt: number | null
  /** `null` while it has never ended. */
  readonly lastRun: {
    readonly outcome: JobOutcome
    readonly finishedAt: number
    /** Milliseconds; `null` while the next run is under way. */
    readonly took: number | null
    /** Why it failed. */
    readonly error: string | null
  } | null
}

/** What an administrator sees of the jobs, and does with them. */
export interface Jobs {
  list(): Promise<readonly JobItem[]>
  /**
   * Has one of the replicas run a job as soon as it can, this one at once. Returns `false` where it runs already.
   *
   * @throws {NotFound} `job_not_found`
   */
  runNow(actor: Actor, name: string): Promise<boolean>
}

export interface JobsPorts {
  readonly store: JobStore
  readonly scheduler: Pick<Scheduler, 'intervals' | 'runDue'>
  readonly audit: AuditSink
  readonly clock: Clock
}

export function createJobs({ store, scheduler, audit, clock }: JobsPorts): Jobs {
  /** Those that this version has: the table remembers older ones. */
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
      const job = (await list()).find((each) => each.name === name)
      if (!job) throw new NotFound('job_not_found', 'There is no such job.')
      if (job.isRunning) return false
      await store.runEarlier(name, clock.now())
      await audit.record({ event: 'job_requested', job: name, by: id }, origin)
      // A run may take minutes; it writes down itself how it ends.
      void scheduler.runDue()
      return true
    },
  }
}
