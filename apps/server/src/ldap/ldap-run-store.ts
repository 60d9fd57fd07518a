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

/** Stores the latest import reports. */
export class LdapRunStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Stores a report and deletes the oldest beyond this number. */
  async add(run: LdapRun, maxRuns: number): Promise<void> {
    await this.#database.transaction(async () => {
      await this.#database.execute(sql.add, rows.values(run))
      await this.#database.execute(sql.removeOld, [maxRuns])
    })
  }

  /** Newest first. */
  async list(limit: number): Promise<readonly LdapRun[]> {
    return rows.all(await this.#database.query(sql.list, [limit]))
  }

  async find(id: string): Promise<LdapRun | undefined> {
    return rows.first(await this.#database.query(sql.find, [id]))
  }

  /** The newest run that was not a dry run. */
  async newestImport(): Promise<LdapRun | undefined> {
    return rows.first(await this.#database.query(sql.newestImport))
  }

  /** Whether any import has succeeded. */
  async hasSucceededRun(): Promise<boolean> {
    return (await this.#database.execute(sql.anySucceeded)) > 0
  }
}
