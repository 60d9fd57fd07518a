import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type RecoveryState, recoveryTable } from './recovery.table.ts'

const rows = new TableRows(recoveryTable)

const sql = {
  find: `${rows.select} WHERE account_id = $1`,
  recordUse: `INSERT INTO ${rows.table} (account_id, used_at, ip_address, user_agent) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account_id) DO UPDATE SET used_at = $2, ip_address = $3, user_agent = $4, ready_at = NULL, stop_hash = NULL`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
}

/** Stores the state of recoveries, once per account. */
export class RecoveryStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(accountId: string): Promise<RecoveryState | undefined> {
    return rows.first(await this.#database.query(sql.find, [accountId]))
  }

  /** Also ends a pending recovery by e-mail. */
  async recordUse(use: Pick<RecoveryState, 'accountId' | 'usedAt' | 'ipAddress' | 'userAgent'>): Promise<void> {
    await this.#database.execute(sql.recordUse, [use.accountId, use.usedAt, use.ipAddress, use.userAgent])
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.removeByAccount, [accountId])
  }
}
