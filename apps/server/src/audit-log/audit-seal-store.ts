import { type Database, TableRows } from '@pocket/core/internal/sql'
import { auditTable } from './audit-entry.table.ts'
import type { AuditEntry } from './audit-entry.ts'
import { type AuditSeal, auditSealTable } from './audit-seal.table.ts'

/** A position in the order of the audit log. */
export type Position = Pick<AuditEntry, 'createdAt' | 'id'>

const seals = new TableRows(auditSealTable)
const entries = new TableRows(auditTable)

const sql = {
  insert: `${seals.insert} ON CONFLICT (number) DO NOTHING`,
  last: `${seals.select} ORDER BY number DESC LIMIT 1`,
  after: `${seals.select} WHERE number > $1 ORDER BY number LIMIT $2`,
  entriesUntil: `${entries.select} WHERE (created_at, id) > ($1, $2) AND created_at < $3
    ORDER BY created_at, id LIMIT $4`,
  entriesThrough: `${entries.select} WHERE (created_at, id) > ($1, $2) AND (created_at, id) <= ($3, $4)
    ORDER BY created_at, id LIMIT $5`,
  removeEntries: `DELETE FROM ${entries.table} WHERE (created_at, id) <= ($1, $2)`,
  markRemoved: `UPDATE ${seals.table} SET is_removed = $2 WHERE number = $1`,
  removeSeals: `DELETE FROM ${seals.table} WHERE number < $1`,
}

export function createAuditSealStore(database: Database) {
  return {
    last: async (): Promise<AuditSeal | undefined> => seals.first(await database.query(sql.last)),
    after: async (number: number, limit: number): Promise<readonly AuditSeal[]> =>
      seals.all(await database.query(sql.after, [number, limit])),
    /** Returns `false` if another process has sealed a batch with this number. */
    insert: async (seal: AuditSeal): Promise<boolean> => (await database.execute(sql.insert, seals.values(seal))) === 1,
    /** The entries after a position and before an instant, oldest first. */
    entriesUntil: async ({ createdAt, id }: Position, until: number, limit: number): Promise<readonly AuditEntry[]> =>
      entries.all(await database.query(sql.entriesUntil, [createdAt, id, until, limit])),

    /** The entries after a position, up to another one, which is included, oldest first. */
    async entriesThrough(after: Position, to: Position, limit: number): Promise<readonly AuditEntry[]> {
      const parameters = [after.createdAt, after.id, to.createdAt, to.id, limit]
      return entries.all(await database.query(sql.entriesThrough, parameters))
    },

    /** Removes the entries of a batch and of everything before it, and keeps its hash. */
    async removeThrough({ number, lastAt, lastId }: AuditSeal): Promise<void> {
      await database.transaction(async () => {
        await database.execute(sql.removeEntries, [lastAt, lastId])
        await database.execute(sql.markRemoved, [number, true])
        await database.execute(sql.removeSeals, [number])
      })
    },
  }
}

export type AuditSealStore = ReturnType<typeof createAuditSealStore>
