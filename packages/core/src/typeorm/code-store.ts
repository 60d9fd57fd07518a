import type { CodeStore, RecoveryCodeKind, StoredCode } from '../codes/code-store.ts'
import { codeTable } from './code.table.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(codeTable)

const sql = {
  consume: `DELETE FROM ${rows.table} WHERE hash = $1 AND (browser_hash IS NULL OR browser_hash = $2)
    RETURNING ${rows.columns}`,
  find: `${rows.select} WHERE hash = $1`,
  count: `SELECT COUNT(*) AS count FROM ${rows.table} WHERE account_id = $1 AND kind = $2 AND expires_at > $3`,
  removeKind: `DELETE FROM ${rows.table} WHERE account_id = $1 AND kind = $2`,
  removeCreatedIn: `DELETE FROM ${rows.table} WHERE account_id = $1 AND session_uid = $2`,
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

  async find(hash: string): Promise<StoredCode | undefined> {
    return rows.first(await this.#database.query(sql.find, [hash]))
  }

  async count(accountId: string, kind: RecoveryCodeKind, now: number): Promise<number> {
    const [row] = await this.#database.query<{ count: number | string }>(sql.count, [accountId, kind, now])
    return Number(row?.count ?? 0)
  }

  async removeKinds(accountId: string, kinds: readonly RecoveryCodeKind[]): Promise<number> {
    let removed = 0
    for (const kind of kinds) removed += await this.#database.execute(sql.removeKind, [accountId, kind])
    return removed
  }

  async removeCreatedIn(accountId: string, sessionUids: readonly string[]): Promise<void> {
    for (const uid of sessionUids) await this.#database.execute(sql.removeCreatedIn, [accountId, uid])
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
