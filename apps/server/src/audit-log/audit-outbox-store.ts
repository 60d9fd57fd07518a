import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type AuditDestination, auditOutboxTable, type OutboxEntry } from './audit-outbox.table.ts'

const rows = new TableRows(auditOutboxTable)

const sql = {
  add: `${rows.insert} ON CONFLICT (destination, key) DO UPDATE SET occurrences = ${rows.table}.occurrences + 1`,
  next: `${rows.select} WHERE destination = $1 ORDER BY created_at, key LIMIT $2`,
  // A repetition since the entry was read is sent as well.
  remove: `DELETE FROM ${rows.table} WHERE destination = $1 AND key = $2 AND occurrences = $3`,
  removeBefore: `DELETE FROM ${rows.table} WHERE created_at < $1`,
}

/** Stores audit entries until their destination has received them. Every method joins the running transaction. */
export function createAuditOutboxStore(database: Database) {
  return {
    async add(entry: OutboxEntry): Promise<void> {
      const row = `${entry.destination} ${entry.key}`
      await database.executeLater({ sql: sql.add, parameters: rows.values(entry), row })
    },

    async addAll(entries: readonly OutboxEntry[]): Promise<void> {
      if (entries.length === 0) return
      const records = JSON.stringify(entries.map((entry) => rows.record(entry)))
      await database.execute(rows.insertProvided(database.kind), [records])
    },

    next: async (destination: AuditDestination, limit: number): Promise<readonly OutboxEntry[]> =>
      rows.all(await database.query(sql.next, [destination, limit])),

    async remove(entries: readonly OutboxEntry[]): Promise<void> {
      await database.transaction(async () => {
        for (const { destination, key, occurrences } of entries)
          await database.executeLater({
            sql: sql.remove,
            parameters: [destination, key, occurrences],
            row: `${destination} ${key}`,
          })
      })
    },

    /** Gives up entries older than this instant; returns the number of them. */
    removeBefore: (instant: number): Promise<number> => database.execute(sql.removeBefore, [instant]),
  }
}

export type AuditOutboxStore = ReturnType<typeof createAuditOutboxStore>
