import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type Reminder, reminderTable } from './reminder.table.ts'

const rows = new TableRows(reminderTable)

const sql = {
  find: `${rows.select} WHERE account_id = $1`,
  put: `${rows.insert} ON CONFLICT (account_id) DO UPDATE SET put_off_at = excluded.put_off_at`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
}

/** Stores when a user postponed adding a second passkey, once per account. */
export class ReminderStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(accountId: string): Promise<Reminder | undefined> {
    return rows.first(await this.#database.query(sql.find, [accountId]))
  }

  /** Replaces an earlier entry. */
  async put(reminder: Reminder): Promise<void> {
    await this.#database.execute(sql.put, rows.values(reminder))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.removeByAccount, [accountId])
  }
}
