import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type JobOutcome, type JobState, jobTable } from './job.table.ts'
import { maxClockDifference } from './lease.ts'

/** A replica's lease on a job. */
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

const rows = new TableRows(jobTable)

const sql = {
  announce: `INSERT INTO ${rows.table} (name, next_run_at) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET next_run_at = $3 WHERE ${rows.table}.next_run_at > $3`,
  list: `${rows.select} ORDER BY name`,
  runEarlier: `UPDATE ${rows.table}
    SET next_run_at = CASE WHEN next_run_at > $2 THEN $2 ELSE next_run_at END WHERE name = $1`,
  claim: `UPDATE ${rows.table} SET lease_owner = $2, lease_until = $4, last_started_at = $3
    WHERE name = $1 AND next_run_at <= $3 AND (lease_until IS NULL OR lease_until <= $3 OR lease_until > $5)`,
  renew: `UPDATE ${rows.table} SET lease_until = $3 WHERE name = $1 AND lease_owner = $2`,
  finish: `UPDATE ${rows.table} SET lease_owner = NULL, lease_until = NULL,
      last_finished_at = $3, next_run_at = $4, last_outcome = $5, last_error = $6
    WHERE name = $1 AND lease_owner = $2`,
  release: `UPDATE ${rows.table} SET lease_owner = NULL, lease_until = NULL WHERE name = $1 AND lease_owner = $2`,
}

/** Stores the state of jobs. Each change is one atomic statement. */
export function createTypeormJobStore(database: Database) {
  return {
    /** Registers the job, due immediately, or moves a next run after `latest` forward to `latest`. */
    register: (name: string, { now, latest }: { readonly now: number; readonly latest: number }): Promise<void> =>
      database.write(sql.announce, [name, now, latest]),
    list: async (): Promise<readonly JobState[]> => (await database.query(sql.list)).map((row) => rows.read(row)),
    /** Makes a job due by `now` unless it is due earlier; returns `false` if the job does not exist. */
    markDue: async (name: string, now: number): Promise<boolean> =>
      (await database.execute(sql.runEarlier, [name, now])) === 1,
    /**
     * Claims a job that is due and not leased; returns `false` if another replica claimed it first. A lease that ends more than five
     * minutes after `until` is ignored.
     */
    claim: async (lease: Lease, { now, until }: { readonly now: number; readonly until: number }): Promise<boolean> =>
      (await database.execute(sql.claim, [lease.name, lease.owner, now, until, until + maxClockDifference])) === 1,
    /** Extends a lease; returns `false` if it was lost. */
    renew: async (lease: Lease, until: number): Promise<boolean> =>
      (await database.execute(sql.renew, [lease.name, lease.owner, until])) === 1,

    /** Records the result of a run and releases the job; returns `false` if the lease was lost. */
    async finish(lease: Lease, end: JobEnd): Promise<boolean> {
      const { finishedAt, nextRunAt, outcome, error } = end
      const parameters = [lease.name, lease.owner, finishedAt, nextRunAt, outcome, error]
      return (await database.execute(sql.finish, parameters)) === 1
    },

    /** Releases the job unchanged, so that another replica can claim it. */
    release: (lease: Lease): Promise<void> => database.write(sql.release, [lease.name, lease.owner]),
  }
}

export type JobStore = ReturnType<typeof createTypeormJobStore>
