/** How the last run of a job ended. */
export type JobOutcome = 'succeeded' | 'failed'

/** What is known of a job, whichever replica runs it. Instants in milliseconds since the Unix epoch. */
export interface JobState {
  readonly name: string
  readonly nextRunAt: number
  /** The replica that runs it now. */
  readonly leaseOwner: string | null
  /** From then on another replica may take it. */
  readonly leaseUntil: number | null
  readonly lastStartedAt: number | null
  readonly lastFinishedAt: number | null
  readonly lastOutcome: JobOutcome | null
  /** The message of the last failure, until the next success. */
  readonly lastError: string | null
}

/** Milliseconds by which clocks of replicas may differ. */
export const maxClockDifference = 300_000

/** Whether a replica holds a lease of at most `leaseMs`. One that ends later was written before the clock was set back. */
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

/** Where the state of jobs is kept. Each change is one atomic statement. */
export interface JobStore {
  /** Makes the job known, due at once, or brings a next run that lies after `latest` forward to then. */
  announce(name: string, times: { readonly now: number; readonly latest: number }): Promise<void>
  list(): Promise<readonly JobState[]>
  /** Makes a job due by `now`, where it is not due before; `false` where there is no such job. */
  runEarlier(name: string, now: number): Promise<boolean>
  /**
   * Takes a job that is due and that nobody holds; `false` where another replica was faster. A lease that ends more than
   * five minutes after `until` is none.
   */
  claim(lease: Lease, times: { readonly now: number; readonly until: number }): Promise<boolean>
  /** Keeps a job longer; `false` where it is no longer held. */
  renew(lease: Lease, until: number): Promise<boolean>
  /** Records how a run ended and lets the job go; `false` where it was no longer held. */
  finish(lease: Lease, end: JobEnd): Promise<boolean>
  /** Lets the job go as it was, so that another replica takes it. */
  release(lease: Lease): Promise<void>
}
