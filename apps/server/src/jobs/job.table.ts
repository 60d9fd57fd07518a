import { columns, defineTable } from '@pocket/core/internal/sql'

const { bigint, nullable, primary, text, varchar } = columns

/** The state of a job, shared by all replicas. Instants in milliseconds since the Unix epoch. */
export interface JobState {
  readonly name: string
  readonly nextRunAt: number
  /** The replica that is running it. */
  readonly leaseOwner: string | null
  /** Another replica may claim the job from this instant on. */
  readonly leaseUntil: number | null
  readonly lastStartedAt: number | null
  readonly lastFinishedAt: number | null
  readonly lastOutcome: JobOutcome | null
  /** The error message of the last failure, until the next success. */
  readonly lastError: string | null
}

export type JobOutcome = 'succeeded' | 'failed'

export const jobTable = defineTable<JobState>('pocket_job', {
  columns: {
    name: primary(varchar(100)),
    nextRunAt: bigint,
    leaseOwner: nullable(varchar(100)),
    leaseUntil: nullable(bigint),
    lastStartedAt: nullable(bigint),
    lastFinishedAt: nullable(bigint),
    lastOutcome: nullable(varchar(10)),
    lastError: nullable(text),
  },
})
