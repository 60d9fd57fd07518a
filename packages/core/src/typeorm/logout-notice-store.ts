import { type LogoutNotice, type LogoutNoticeStore, maxRetryDelay } from '../logout-notices/logout-notice-store.ts'
import type { Database, DatabaseKind } from './database.ts'
import { logoutNoticeTable } from './logout-notice.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(logoutNoticeTable)

function statements(kind: DatabaseKind) {
  // Skips rows that another process is claiming; SQLite has a single writer.
  const lockClause = kind === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : ''
  return {
    claimDue: `UPDATE ${rows.table} SET attempts = attempts + 1, next_attempt_at = $2 WHERE id IN (
      SELECT id FROM ${rows.table} WHERE next_attempt_at <= $1 OR next_attempt_at > $4 ORDER BY next_attempt_at LIMIT $3 ${lockClause})
      RETURNING ${rows.columns}`,
    postpone: `UPDATE ${rows.table} SET next_attempt_at = $2 WHERE id = $1`,
    remove: `DELETE FROM ${rows.table} WHERE id = $1`,
    removeByClient: `DELETE FROM ${rows.table} WHERE client_id = $1`,
  }
}

export class TypeormLogoutNoticeStore implements LogoutNoticeStore {
  readonly #database: Database
  readonly #sql: ReturnType<typeof statements>

  constructor(database: Database) {
    this.#database = database
    this.#sql = statements(database.kind)
  }

  async insert(notice: LogoutNotice): Promise<void> {
    await this.#database.execute(rows.insert, rows.values(notice))
  }

  async claimDue(now: number, until: number, limit: number): Promise<readonly LogoutNotice[]> {
    return rows.all(await this.#database.query(this.#sql.claimDue, [now, until, limit, now + maxRetryDelay]))
  }

  async postpone(id: string, nextAttemptAt: number): Promise<void> {
    await this.#database.execute(this.#sql.postpone, [id, nextAttemptAt])
  }

  async remove(id: string): Promise<void> {
    await this.#database.execute(this.#sql.remove, [id])
  }

  async removeByClient(clientId: string): Promise<void> {
    await this.#database.execute(this.#sql.removeByClient, [clientId])
  }
}
