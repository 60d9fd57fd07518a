import { randomUUID } from 'node:crypto'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import type { ScimReport } from '@pocket/directory/internal'
import { maxClockDifference } from '../jobs/lease.ts'
import { type StoredScimProvider, scimChangeTable, scimProviderTable } from './provider.table.ts'
import { leaseMs, type ScimProvider } from './provider.ts'

export interface ScimLease {
  readonly id: string
  readonly owner: string
}

export interface ScimLeaseRange {
  readonly now: number
  readonly until: number
}

export interface ScimRunEnd {
  readonly finishedAt: number
  readonly nextRunAt: number
  readonly succeeded: boolean
  readonly report: ScimReport
}

export interface FailingProvider {
  readonly clientId: string
  readonly clientName: string
  readonly finishedAt: number
}

/** Longer than any pause between two runs, in milliseconds. */
const maxPause = 2 * 3_600_000

const rows = new TableRows(scimProviderTable)
const { table } = rows
const changes = new TableRows(scimChangeTable).table
const leaseCondition = 'id = $1 AND lease_owner = $2'

// A lease or next run too far in the future was written before the clock was set back.
const claim = `UPDATE ${table} SET lease_owner = $2, lease_until = $4, started_at = $3
  WHERE id = $1 AND (lease_until IS NULL OR lease_until <= $3 OR lease_until > $5)`

const sql = {
  find: `${rows.select} WHERE id = $1`,
  oldest: `${rows.select} ORDER BY created_at, id LIMIT $1`,
  findByClient: `${rows.select} WHERE client_id = $1 ORDER BY created_at, id`,
  insert: rows.insert,
  update: `UPDATE ${table} SET client_id = $2, endpoint = $3, token = $4, removal = $5 WHERE id = $1`,
  remove: `DELETE FROM ${table} WHERE id = $1`,
  renameClient: `UPDATE ${table} SET client_id = $2 WHERE client_id = $1`,
  // The casts are necessary because PostgreSQL does not infer the type of a parameter in a SELECT list.
  recordChange: `INSERT INTO ${changes} (id, changed_at)
    SELECT CAST($1 AS varchar(36)), CAST($2 AS bigint) WHERE EXISTS (SELECT 1 FROM ${table})`,
  forgetChanges: `DELETE FROM ${changes} WHERE NOT EXISTS (SELECT 1 FROM ${changes} WHERE changed_at > $1 AND changed_at <= $2)`,
  allDue: `UPDATE ${table} SET next_run_at = $1 WHERE next_run_at > $1 OR lease_until > $1`,
  runEarlier: `UPDATE ${table} SET next_run_at = $2 WHERE id = $1 AND (next_run_at > $2 OR lease_until > $2)`,
  due: `SELECT id FROM ${table} WHERE (next_run_at <= $1 OR next_run_at > $2)
    AND (lease_until IS NULL OR lease_until <= $1 OR lease_until > $3) ORDER BY next_run_at, id`,
  claim,
  claimDue: `${claim} AND (next_run_at <= $3 OR next_run_at > $6)`,
  renew: `UPDATE ${table} SET lease_until = $3 WHERE ${leaseCondition}`,
  finish: `UPDATE ${table} SET lease_owner = NULL, lease_until = NULL, finished_at = $3, failed = $5, report = $6,
    succeeded_at = CASE WHEN $5 THEN succeeded_at ELSE $3 END,
    next_run_at = CASE WHEN next_run_at > started_at AND next_run_at <= $3 THEN next_run_at ELSE $4 END WHERE ${leaseCondition}`,
  release: `UPDATE ${table} SET lease_owner = NULL, lease_until = NULL WHERE ${leaseCondition}`,
  failing: `SELECT client_id, pocket_client.name AS name, finished_at FROM ${table}
    JOIN pocket_client ON pocket_client.id = client_id WHERE failed = $1 ORDER BY finished_at, client_id LIMIT $2`,
}

/** Stores providers. Every method joins the current transaction; instants in milliseconds since the Unix epoch. */
export function createScimProviderStore(database: Database) {
  return {
    async find(id: string): Promise<ScimProvider | undefined> {
      const stored = rows.first(await database.query(sql.find, [id]))
      return stored && providerOf(stored)
    },

    listOldest: async (limit: number): Promise<readonly ScimProvider[]> =>
      rows.all(await database.query(sql.oldest, [limit])).map(providerOf),
    /** The providers of a client, the oldest first. */
    listByClient: async (clientId: string): Promise<readonly ScimProvider[]> =>
      rows.all(await database.query(sql.findByClient, [clientId])).map(providerOf),

    /** Locks the store against other writers until the end of the transaction. */
    async lock(): Promise<void> {
      await database.lockTable(scimProviderTable.options.name)
    },

    async insert(provider: ScimProvider): Promise<void> {
      const stored = { ...provider, report: {}, failed: false, finishedAt: null }
      await database.execute(sql.insert, rows.values(stored))
    },

    async update({
      id,
      clientId,
      endpoint,
      token,
      removal,
    }: Pick<ScimProvider, 'id' | 'clientId' | 'endpoint' | 'token' | 'removal'>): Promise<void> {
      await database.execute(sql.update, [id, clientId, endpoint, token, removal])
    },

    renameClient: (clientId: string, newId: string): Promise<void> =>
      database.write(sql.renameClient, [clientId, newId]),
    remove: (id: string): Promise<void> => database.write(sql.remove, [id]),
    /** Records a change of users or groups if there is a provider. Concurrent changes do not block each other. */
    recordChange: (changedAt: number): Promise<void> => database.write(sql.recordChange, [randomUUID(), changedAt]),

    /**
     * If nothing has changed after `before`, makes all providers due at `now`, including running ones, and deletes the recorded
     * changes.
     */
    async consumeChanges(before: number, now: number): Promise<void> {
      await database.transaction(async () => {
        if ((await database.execute(sql.forgetChanges, [before, now + maxClockDifference])) === 0) return
        await database.execute(sql.allDue, [now])
      })
    },

    /** Makes the provider due at `now`, even if it is running. */
    markDue: (id: string, now: number): Promise<void> => database.write(sql.runEarlier, [id, now]),

    /** The IDs of providers that are due and not leased, the longest waiting first. */
    listDue: async (now: number): Promise<readonly string[]> =>
      (await database.query<{ id: string }>(sql.due, [now, now + maxPause, now + leaseMs + maxClockDifference])).map(
        ({ id }) => id,
      ),

    /** Exactly one of concurrent calls gets the lease; returns `false` if it is held by another replica. */
    claim: async ({ id, owner }: ScimLease, { now, until }: ScimLeaseRange): Promise<boolean> =>
      (await database.execute(sql.claim, [id, owner, now, until, until + maxClockDifference])) === 1,

    /** Like `claim`, but only if the provider is due; returns `false` if another replica has run it. */
    async claimDue({ id, owner }: ScimLease, { now, until }: ScimLeaseRange): Promise<boolean> {
      const latest = [until + maxClockDifference, now + maxPause] as const
      return (await database.execute(sql.claimDue, [id, owner, now, until, ...latest])) === 1
    },

    /** Returns `false` if the lease was lost. */
    renew: async ({ id, owner }: ScimLease, until: number): Promise<boolean> =>
      (await database.execute(sql.renew, [id, owner, until])) === 1,

    /** Ends the run. A provider that became due during the run stays due. Returns `false` if the lease was lost. */
    async finish({ id, owner }: ScimLease, { finishedAt, nextRunAt, succeeded, report }: ScimRunEnd): Promise<boolean> {
      const end = [finishedAt, nextRunAt, !succeeded, JSON.stringify(report)] as const
      return (await database.execute(sql.finish, [id, owner, ...end])) === 1
    },

    /** Releases the lease without a result. */
    release: ({ id, owner }: ScimLease): Promise<void> => database.write(sql.release, [id, owner]),

    /** Providers whose last run was incomplete, with the names of their clients; the earliest failure first. */
    async listFailing(limit: number): Promise<readonly FailingProvider[]> {
      type Row = { readonly client_id: string; readonly name: string; readonly finished_at: number | string }
      const results = await database.query<Row>(sql.failing, [true, limit])
      return results.map((row) => ({
        clientId: row.client_id,
        clientName: row.name,
        finishedAt: Number(row.finished_at),
      }))
    },
  }
}

export type ScimProviderStore = ReturnType<typeof createScimProviderStore>

function providerOf({ failed: _failed, finishedAt, report, ...provider }: StoredScimProvider): ScimProvider {
  // The cast is safe: only `finish` writes reports.
  return { ...provider, report: finishedAt === null ? null : (report as ScimReport) }
}
