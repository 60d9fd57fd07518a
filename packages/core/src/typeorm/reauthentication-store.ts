import type { ReauthenticationStore, StoredReauthentication } from '../sessions/reauthentication-store.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { reauthenticationTable } from './reauthentication.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(reauthenticationTable)

const sql = {
  consume: `DELETE FROM ${rows.table} WHERE hash = $1 AND account_id = $2 AND session_uid = $3 RETURNING ${rows.columns}`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  removeExpired: removeExpired(rows.table, 'hash'),
}

export class TypeormReauthenticationStore implements ReauthenticationStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(reauthentication: StoredReauthentication): Promise<void> {
    await this.#database.execute(rows.insert, rows.values(reauthentication))
  }

  async consume({
    hash,
    accountId,
    sessionUid,
  }: Pick<StoredReauthentication, 'hash' | 'accountId' | 'sessionUid'>): Promise<StoredReauthentication | undefined> {
    return rows.first(await this.#database.query(sql.consume, [hash, accountId, sessionUid]))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.removeByAccount, [accountId])
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeExpired, [before, limit])
  }
}
