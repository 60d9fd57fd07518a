import { type Database, TableRows } from '@pocket/core/internal/sql'
import { ldapRunTable } from './ldap-run.table.ts'
import type { LdapRun } from './ldap-run.ts'

const rows = new TableRows(ldapRunTable)
const newest = 'ORDER BY started_at DESC, id DESC'

const sql = {
  add: rows.insert,
  // A successful run is kept, so that the first import stays known.
  removeOld: `DELETE FROM ${rows.table} WHERE id NOT IN (SELECT id FROM ${rows.table} ${newest} LIMIT $1)
    AND id NOT IN (SELECT id FROM ${rows.table} WHERE outcome = 'succeeded' ${newest} LIMIT 1)`,
  list: `${rows.select} ${newest} LIMIT $1`,
  find: `${rows.select} WHERE id = $1`,
  newestImport: `${rows.select} WHERE outcome <> 'dry' ${newest} LIMIT 1`,
  anySucceeded: `SELECT 1 AS one FROM ${rows.table} WHERE outcome = 'succeeded' LIMIT 1`,
}

export function createLdapRunStore(database: Database) {
  return {
    /** Stores a report and deletes the oldest beyond this number. */
    async add(run: LdapRun, maxRuns: number): Promise<void> {
      await database.transaction(async () => {
        await database.execute(sql.add, rows.values(run))
        await database.execute(sql.removeOld, [maxRuns])
      })
    },

    /** Newest first. */
    list: async (limit: number): Promise<readonly LdapRun[]> => rows.all(await database.query(sql.list, [limit])),
    find: async (id: string): Promise<LdapRun | undefined> => rows.first(await database.query(sql.find, [id])),
    newestImport: async (): Promise<LdapRun | undefined> => rows.first(await database.query(sql.newestImport)),
    hasSucceededRun: async (): Promise<boolean> => (await database.execute(sql.anySucceeded)) > 0,
  }
}

export type LdapRunStore = ReturnType<typeof createLdapRunStore>
