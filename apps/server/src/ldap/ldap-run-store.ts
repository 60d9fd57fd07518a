import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import { ldapReportTable } from './ldap-report.table.ts'
import { ldapRunTable } from './ldap-run.table.ts'
import type { LdapRun } from './ldap-run.ts'

const rows = new TableRows(ldapRunTable)
const reports = new TableRows(ldapReportTable)
const [compress, decompress] = [promisify<string, Buffer>(gzip), promisify<Buffer, Buffer>(gunzip)]
const newest = 'ORDER BY started_at DESC, id DESC'

const sql = {
  add: rows.insert,
  addReport: reports.insert,
  findReport: `${reports.select} WHERE run_id = $1`,
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
    /** Stores a report, with all its lines as CSV if it is shortened, and deletes the oldest beyond this number. */
    async add(run: LdapRun, maxRuns: number, wholeCsv: string | null = null): Promise<void> {
      const lines = wholeCsv === null ? null : (await compress(wholeCsv)).toString('base64')
      await database.transaction(async () => {
        await database.execute(sql.add, rows.values(run))
        if (lines !== null) await database.execute(sql.addReport, reports.values({ runId: run.id, lines }))
        await database.execute(sql.removeOld, [maxRuns])
      })
    },

    /** Newest first. */
    list: async (limit: number): Promise<readonly LdapRun[]> => rows.all(await database.query(sql.list, [limit])),
    find: async (id: string): Promise<LdapRun | undefined> => rows.first(await database.query(sql.find, [id])),
    /** All lines of a shortened report. */
    async findCsv(id: string): Promise<string | undefined> {
      const report = reports.first(await database.query(sql.findReport, [id]))
      return report && (await decompress(Buffer.from(report.lines, 'base64'))).toString()
    },
    newestImport: async (): Promise<LdapRun | undefined> => rows.first(await database.query(sql.newestImport)),
    hasSucceededRun: async (): Promise<boolean> => (await database.execute(sql.anySucceeded)) > 0,
  }
}

export type LdapRunStore = ReturnType<typeof createLdapRunStore>
