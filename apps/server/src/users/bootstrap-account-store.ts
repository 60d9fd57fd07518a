import { type Database, TableRows } from '@pocket/core/internal/sql'
import { bootstrapAccountTable } from './bootstrap-account.table.ts'

const rows = new TableRows(bootstrapAccountTable)

const sql = {
  has: `SELECT 1 AS one FROM ${rows.table} WHERE user_id = $1`,
  add: `${rows.insert} ON CONFLICT DO NOTHING`,
  remove: `DELETE FROM ${rows.table} WHERE user_id = $1`,
}

export function createBootstrapAccountStore(database: Database) {
  return {
    has: async (userId: string): Promise<boolean> => (await database.query(sql.has, [userId])).length > 0,
    add: (userId: string): Promise<void> => database.write(sql.add, rows.values({ userId })),
    remove: (userId: string): Promise<void> => database.write(sql.remove, [userId]),
  }
}

export type BootstrapAccountStore = ReturnType<typeof createBootstrapAccountStore>
