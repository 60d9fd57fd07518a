import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type RecoveryState, recoveryTable } from './recovery.table.ts'

const rows = new TableRows(recoveryTable)

const sql = {
  find: `${rows.select} WHERE account_id = $1`,
  recordUse: `INSERT INTO ${rows.table} (account_id, used_at, ip_address, user_agent) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account_id) DO UPDATE SET used_at = $2, ip_address = $3, user_agent = $4`,
  findByStopHash: `${rows.select} WHERE stop_hash = $1`,
  start: `INSERT INTO ${rows.table} (account_id, ready_at, stop_hash) VALUES ($1, $2, $3)
    ON CONFLICT (account_id) DO UPDATE SET ready_at = $2, sent_at = NULL, stop_hash = $3
    WHERE ${rows.table}.ready_at IS NULL OR ${rows.table}.ready_at <= $4`,
  listDue: `SELECT account_id FROM ${rows.table} WHERE ready_at > $1 AND ready_at <= $2 AND sent_at IS NULL ORDER BY ready_at LIMIT $3`,
  listReadyAfter: `SELECT account_id FROM ${rows.table} WHERE ready_at > $1`,
  markSent: `UPDATE ${rows.table} SET ready_at = $2, sent_at = $2 WHERE account_id = $1 AND ready_at <= $2 AND sent_at IS NULL`,
  stop: `UPDATE ${rows.table} SET ready_at = NULL, sent_at = NULL, stop_hash = NULL
    WHERE account_id = $1 AND ready_at IS NOT NULL`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
}

/** Stores the state of recoveries, once per account. */
export function createRecoveryStore(database: Database) {
  const listAccounts = async (text: string, parameters: readonly number[]): Promise<readonly string[]> => {
    const found = await database.query<{ account_id: string }>(text, parameters)
    return found.map(({ account_id }) => account_id)
  }

  return {
    find: async (accountId: string): Promise<RecoveryState | undefined> =>
      rows.first(await database.query(sql.find, [accountId])),
    recordUse: (use: Pick<RecoveryState, 'accountId' | 'usedAt' | 'ipAddress' | 'userAgent'>): Promise<void> =>
      database.write(sql.recordUse, [use.accountId, use.usedAt, use.ipAddress, use.userAgent]),
    findByStopHash: async (hash: string): Promise<RecoveryState | undefined> =>
      rows.first(await database.query(sql.findByStopHash, [hash])),

    /** Starts a recovery by e-mail; `false` if one is pending that became or becomes ready after `endedBefore`. */
    start: async (
      { accountId, readyAt, stopHash }: Pick<RecoveryState, 'accountId' | 'readyAt' | 'stopHash'>,
      endedBefore: number,
    ): Promise<boolean> => (await database.execute(sql.start, [accountId, readyAt, stopHash, endedBefore])) === 1,

    /** The accounts whose waiting period is over and whose code was not sent. */
    listDue: async (
      { after, now }: { readonly after: number; readonly now: number },
      limit: number,
    ): Promise<readonly string[]> => listAccounts(sql.listDue, [after, now, limit]),

    /** The accounts with a recovery by e-mail whose waiting period ends or ended after this instant. */
    listReadyAfter: async (instant: number): Promise<readonly string[]> => listAccounts(sql.listReadyAfter, [instant]),
    /**
     * Returns `false` if the recovery was stopped, or its code was sent. A code that is sent late is valid for longer, so it becomes ready
     * now, and can be stopped as long.
     */
    markSent: async (accountId: string, now: number): Promise<boolean> =>
      (await database.execute(sql.markSent, [accountId, now])) === 1,
    /** Returns `false` if no recovery by e-mail is pending. */
    stop: async (accountId: string): Promise<boolean> => (await database.execute(sql.stop, [accountId])) === 1,
    removeByAccount: (accountId: string): Promise<void> => database.write(sql.removeByAccount, [accountId]),
  }
}

export type RecoveryStore = ReturnType<typeof createRecoveryStore>
