import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type Reminder, reminderTable } from './reminder.table.ts'

const rows = new TableRows(reminderTable)

const sql = {
  find: `${rows.select} WHERE account_id = $1`,
  put: `${rows.insert} ON CONFLICT (account_id) DO UPDATE SET put_off_at = excluded.put_off_at`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
}

/** Stores when a user postponed adding a second passkey, once per account. */
export function createReminderStore(database: Database) {
  return {
    find: async (accountId: string): Promise<Reminder | undefined> =>
      rows.first(await database.query(sql.find, [accountId])),
    /** Replaces an earlier entry. */
    put: (reminder: Reminder): Promise<void> => database.write(sql.put, rows.values(reminder)),
    removeByAccount: (accountId: string): Promise<void> => database.write(sql.removeByAccount, [accountId]),
  }
}

export type ReminderStore = ReturnType<typeof createReminderStore>
