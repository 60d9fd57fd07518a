import { type Database, TableRows } from '@pocket/core/internal/sql'
import { bootstrapAccountTable } from './bootstrap-account.table.ts'

const rows = new TableRows(bootstrapAccountTable)

const sql = {
  has: `SELECT 1 AS one FROM ${rows.table} WHERE user_id = $1`,
  add: `${rows.insert} ON CONFLICT DO NOTHING`,
  remove: `DELETE FROM ${rows.table} WHERE user_id = $1`,
}

/** Stores which administrators were created by an API key. */
export class BootstrapAccountStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async has(userId: string): Promise<boolean> {
    return (await this.#database.query(sql.has, [userId])).length > 0
  }

  async add(userId: string): Promise<void> {
    await this.#database.execute(sql.add, rows.values({ userId }))
  }

  async remove(userId: string): Promise<void> {
    await this.#database.execute(sql.remove, [userId])
  }
}
