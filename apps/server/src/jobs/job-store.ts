/** The outcome of the last run of a job. */
export type JobOutcome = 'succeeded' | 'failed'

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

/** Maximum clock difference between replicas, in milliseconds. */
export const maxClockDifference = 300_000

/** Whether a replica holds a lease of at most `leaseMs`. A lease that ends later was written before the clock was set back. */
export function isLeased(leaseUntil: number | null, now: number, leaseMs: number): boolean {
  return leaseUntil !== null && leaseUntil > now && leaseUntil <= now + leaseMs + maxClockDifference
}

/** A replica's claim on a job. */
export interface Lease {
  readonly name: string
  readonly owner: string
}

export interface JobEnd {
  readonly finishedAt: number
  readonly nextRunAt: number
  readonly outcome: JobOutcome
  readonly error: string | null
}

/** Stores the state of jobs. Each change is one atomic statement. */
export interface JobStore {
  /** Registers the job, due immediately, or moves a next run after `latest` forward to `latest`. */
  register(name: string, times: { readonly now: number; readonly latest: number }): Promise<void>
  list(): Promise<readonly JobState[]>
  /** Makes a job due by `now` unless it is due earlier; returns `false` if the job does not exist. */
  markDue(name: string, now: number): Promise<boolean>
  /**
   * Claims a job that is due and not leased; returns `false` if another replica was faster. A lease that ends more than five
   * minutes after `until` is ignored.
   */
  claim(lease: Lease, times: { readonly now: number; readonly until: number }): Promise<boolean>
  /** Extends a lease; returns `false` if it was lost. */
  renew(lease: Lease, until: number): Promise<boolean>
  /** Records the result of a run and releases the job; returns `false` if the lease was lost. */
  finish(lease: Lease, end: JobEnd): Promise<boolean>
  /** Releases the job unchanged, so that another replica can claim it. */
  release(lease: Lease): Promise<void>
}
