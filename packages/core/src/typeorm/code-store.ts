import type { CodeStore, StoredCode } from '../codes/code-store.ts'
import { codeTable } from './code.table.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(codeTable)

const sql = {
  consume: `DELETE FROM ${rows.table} WHERE hash = $1 AND (browser_hash IS NULL OR browser_hash = $2)
    RETURNING ${rows.columns}`,
  remove: `DELETE FROM ${rows.table} WHERE hash = $1`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  expireByAccount: `UPDATE ${rows.table} SET expires_at = 0 WHERE account_id = $1`,
  removeExpired: removeExpired(rows.table, 'hash'),
}

export class TypeormCodeStore implements CodeStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(code: StoredCode): Promise<void> {
    await this.#database.execute(rows.insert, rows.values(code))
  }

  async consume(hash: string, browserHash: string | null = null): Promise<StoredCode | undefined> {
    return rows.first(await this.#database.query(sql.consume, [hash, browserHash]))
  }

  async remove(hash: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [hash])) === 1
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.removeByAccount, [accountId])
  }

  async expireByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.expireByAccount, [accountId])
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeExpired, [before, limit])
  }
}
