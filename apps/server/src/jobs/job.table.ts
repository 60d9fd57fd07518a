import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'

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

/** The outcome of the last run of a job. */
export type JobOutcome = 'succeeded' | 'failed'

const instant: EntitySchemaColumnOptions = {
  type: 'bigint',
  nullable: true,
  transformer: {
    to: (value: number | null): number | null => value,
    // The PostgreSQL driver returns strings, because 64-bit integers can exceed JavaScript's safe range.
    from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
  },
}

export const jobTable: EntitySchema<JobState> = new EntitySchema<JobState>({
  name: 'pocket_job',
  tableName: 'pocket_job',
  columns: {
    name: { type: 'varchar', length: 100, primary: true },
    nextRunAt: { ...instant, nullable: false, name: 'next_run_at' },
    leaseOwner: { type: 'varchar', length: 100, nullable: true, name: 'lease_owner' },
    leaseUntil: { ...instant, name: 'lease_until' },
    lastStartedAt: { ...instant, name: 'last_started_at' },
    lastFinishedAt: { ...instant, name: 'last_finished_at' },
    lastOutcome: { type: 'varchar', length: 10, nullable: true, name: 'last_outcome' },
    lastError: { type: 'text', nullable: true, name: 'last_error' },
  },
})
