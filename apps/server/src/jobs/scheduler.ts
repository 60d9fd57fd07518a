import { randomUUID } from 'node:crypto'
import type { Clock } from '@pocket/core'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { jobRuns, trace } from '../telemetry/channels.ts'
import type { JobStore, Lease } from './job-store.ts'
import { isLeased, maxClockDifference } from './lease.ts'
import { type Repeat, repeatByTimer } from './repeat.ts'

/** A periodic job that runs on one replica at a time. */
export interface Job {
  readonly name: string
  /** Milliseconds between the end of a run and the start of the next one. */
  readonly intervalMs: number
  /** Maximum delay of the first run after a server start, in milliseconds; default: the regular interval. */
  readonly maxFirstDelayMs?: number
  /** Stops as soon as the signal is aborted: the process is shutting down, or the lease was lost. */
  run(signal: AbortSignal): Promise<unknown>
}

/** Disposing of it aborts active runs, waits for them and releases their leases. */
export interface Scheduler extends AsyncDisposable {
  /** Must be called before `start`. */
  register(job: Job): void
  /** Milliseconds between two runs, by job name. */
  intervals(): ReadonlyMap<string, number>
  start(): void
  /**
   * Runs `work` under the lease of a job, so that the job cannot run at the same time. Resolves to `false` without running `work`
   * if the job is running or does not exist. An error of `work` counts as a failed run and is rethrown.
   */
  runUnderLease(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean>
  /** Runs the jobs that are due and not leased; resolves when they have finished. `start` calls it periodically. */
  runDue(): Promise<void>
}

export interface SchedulerOptions {
  readonly store: JobStore
  readonly clock: Clock
  readonly logger: Logger
  /** Identifies this replica. Default: a random ID. */
  readonly owner?: string
  /** How long a crashed replica blocks a job, in milliseconds. */
  readonly leaseMs?: number
  readonly repeat?: Repeat
}

const pollIntervalMs = 10_000
export const defaultLeaseMs = 60_000

export function createScheduler(options: SchedulerOptions): Scheduler {
  return new LeasingScheduler(options)
}

class LeasingScheduler implements Scheduler {
  readonly #store: JobStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #owner: string
  readonly #leaseMs: number
  readonly #repeat: Repeat
  readonly #jobs = new Map<string, Job>()
  readonly #running = new Map<string, Promise<void>>()
  readonly #stop = new AbortController()
  #isRegistered = false
  #polling: Promise<void> | undefined
  #timer: Disposable | undefined

  constructor({ store, clock, logger, owner, leaseMs, repeat }: SchedulerOptions) {
    this.#store = store
    this.#clock = clock
    this.#logger = logger
    this.#owner = owner ?? randomUUID()
    this.#leaseMs = leaseMs ?? defaultLeaseMs
    this.#repeat = repeat ?? repeatByTimer
  }

  register(job: Job): void {
    if (this.#jobs.has(job.name)) throw new TypeError(`The job ${job.name} is already registered`)
    this.#jobs.set(job.name, job)
  }

  intervals(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#jobs.values(), ({ name, intervalMs }) => [name, intervalMs]))
  }

  start(): void {
    this.#timer ??= this.#repeat(pollIntervalMs, () => this.runDue())
    void this.runDue()
  }

  async runDue(): Promise<void> {
    // One query at a time: a slow database must not receive more and more queries.
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined
    })
    await this.#polling
    await Promise.all(this.#running.values())
  }

  async runUnderLease(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const job = this.#jobs.get(name)
    if (job === undefined) return false
    await this.#registerJobs()
    await this.#store.markDue(name, this.#clock.now())
    let failure: { readonly error: unknown } | undefined
    const run = async (signal: AbortSignal) => {
      try {
        await work(signal)
      } catch (error) {
        failure = { error }
        throw error
      }
    }
    const started = await this.#startRun(name, { ...job, run })
    if (started === undefined) return false
    await started.finished
    if (failure) throw failure.error
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#stop.abort(new Error('The server is shutting down'))
    await this.#polling
    await Promise.all(this.#running.values())
  }

  async #poll(): Promise<void> {
    if (this.#stop.signal.aborted) return
    try {
      await this.#registerJobs()
      const now = this.#clock.now()
      for (const { name, nextRunAt, leaseUntil } of await this.#store.list()) {
        if (isLeased(leaseUntil, now, this.#leaseMs)) continue
        if (await this.#isDue(name, nextRunAt)) await this.#startRun(name)
      }
    } catch (err) {
      this.#logger.error({ err }, 'Due jobs could not be read')
    }
  }

  async #isDue(name: string, nextRunAt: number): Promise<boolean> {
    const job = this.#jobs.get(name)
    if (job === undefined) return false
    const now = this.#clock.now()
    const latestRunAt = now + job.intervalMs
    if (nextRunAt <= latestRunAt + maxClockDifference) return nextRunAt <= now
    // The next run was scheduled before the clock was set back.
    await this.#store.register(name, { now, latest: latestRunAt })
    return false
  }

  async #registerJobs(): Promise<void> {
    if (this.#isRegistered) return
    const now = this.#clock.now()
    for (const { name, intervalMs, maxFirstDelayMs = intervalMs } of this.#jobs.values()) {
      await this.#store.register(name, { now, latest: now + maxFirstDelayMs })
    }
    this.#isRegistered = true
  }

  /** Resolves once the run has started; resolves to `undefined` if another replica holds the job. */
  async #startRun(name: string, job = this.#jobs.get(name)): Promise<{ readonly finished: Promise<void> } | undefined> {
    if (job === undefined || this.#running.has(name) || this.#stop.signal.aborted) return undefined
    const lease: Lease = { name, owner: this.#owner }
    const now = this.#clock.now()
    if (!(await this.#store.claim(lease, { now, until: now + this.#leaseMs }))) return undefined
    const run = this.#run(job, lease)
      .catch((err: unknown) => this.#logger.error({ err, job: name }, 'The result of a job could not be recorded'))
      .finally(() => this.#running.delete(name))
    this.#running.set(name, run)
    return { finished: run }
  }

  async #run(job: Job, lease: Lease): Promise<void> {
    const leaseLost = new AbortController()
    const signal = AbortSignal.any([this.#stop.signal, leaseLost.signal])
    using _ = this.#repeat(this.#leaseMs / 3, () => this.#renew(lease, leaseLost))
    try {
      signal.throwIfAborted()
      await trace(jobRuns, { job: job.name, signal }, async () => job.run(signal))
    } catch (err) {
      if (!signal.aborted) return this.#recordFailure(job, lease, err)
      this.#logger.info({ job: job.name, err }, 'Job aborted')
      return this.#store.release(lease)
    }
    await this.#finish(job, lease, null)
  }

  async #recordFailure(job: Job, lease: Lease, err: unknown): Promise<void> {
    this.#logger.error({ err, job: job.name }, 'Job failed')
    await this.#finish(job, lease, reasonOf(err))
  }

  async #finish({ name, intervalMs }: Job, lease: Lease, error: string | null): Promise<void> {
    const finishedAt = this.#clock.now()
    const outcome = error === null ? 'succeeded' : 'failed'
    const end = { finishedAt, nextRunAt: finishedAt + intervalMs, outcome, error } as const
    if (await this.#store.finish(lease, end)) this.#logger.debug({ job: name, outcome }, 'Job finished')
    else this.#logger.warn({ job: name, outcome }, 'Job finished after its lease was lost')
  }

  async #renew(lease: Lease, leaseLost: AbortController): Promise<void> {
    try {
      if (await this.#store.renew(lease, this.#clock.now() + this.#leaseMs)) return
      // If the run has just finished and released its lease, the signal no longer has listeners.
      leaseLost.abort(new Error('The lease was taken over by another replica'))
    } catch (err) {
      this.#logger.error({ err, job: lease.name }, 'The lease of a job could not be renewed')
    }
  }
}

/** The error and its cause: “The database cannot be read” alone does not help a reader of the page. */
function reasonOf(err: unknown): string {
  const message = messageOf(err)
  const cause = err instanceof Error && err.cause !== undefined ? messageOf(err.cause) : ''
  return cause === '' || message.includes(cause) ? message : `${message} (${cause})`
}
