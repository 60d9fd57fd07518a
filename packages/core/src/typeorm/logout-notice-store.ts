import { type LogoutNoticeStore, maxRetryDelay } from '../logout-notices/logout-notice-store.ts'
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

export function createTypeormLogoutNoticeStore(database: Database): LogoutNoticeStore {
  const sql = statements(database.kind)
  return {
    insert: (notice) => database.write(rows.insert, rows.values(notice)),
    claimDue: async (now, until, limit) =>
      rows.all(await database.query(sql.claimDue, [now, until, limit, now + maxRetryDelay])),
    postpone: (id, nextAttemptAt) => database.write(sql.postpone, [id, nextAttemptAt]),
    remove: (id) => database.write(sql.remove, [id]),
    removeByClient: (clientId) => database.write(sql.removeByClient, [clientId]),
  }
}
