import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type Approval, approvalTable } from './approval.table.ts'

const rows = new TableRows(approvalTable)

const sql = {
  list: `${rows.select} ORDER BY requested_at, account_id`,
  countAwaitingAdministrator: `SELECT COUNT(*) AS number FROM ${rows.table} WHERE awaits_administrator`,
  find: `${rows.select} WHERE account_id = $1`,
  remove: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  recordVerified: `UPDATE ${rows.table} SET awaits_verification = FALSE WHERE account_id = $1 AND awaits_verification`,
  removeComplete: `DELETE FROM ${rows.table}
    WHERE account_id = $1 AND NOT awaits_verification AND NOT awaits_administrator`,
}

export function createApprovalStore(database: Database) {
  return {
    insert: (approval: Approval): Promise<void> => database.write(rows.insert, rows.values(approval)),
    /** Oldest first. */
    list: async (): Promise<readonly Approval[]> => rows.all(await database.query(sql.list, [])),

    async countAwaitingAdministrator(): Promise<number> {
      const [row] = await database.query<{ number: number | string }>(sql.countAwaitingAdministrator, [])
      return Number(row?.number)
    },

    find: async (accountId: string): Promise<Approval | undefined> =>
      rows.first(await database.query(sql.find, [accountId])),
    /** Records that the e-mail address is verified. Returns `false` if the account does not wait for that. */
    recordVerified: async (accountId: string): Promise<boolean> =>
      (await database.execute(sql.recordVerified, [accountId])) === 1,
    /** Like `remove`, but only if nothing is pending. */
    removeComplete: async (accountId: string): Promise<boolean> =>
      (await database.execute(sql.removeComplete, [accountId])) === 1,
    /** Returns `false` if the account is not pending; exactly one of concurrent calls gets `true`. */
    remove: async (accountId: string): Promise<boolean> => (await database.execute(sql.remove, [accountId])) === 1,
  }
}

export type ApprovalStore = ReturnType<typeof createApprovalStore>
