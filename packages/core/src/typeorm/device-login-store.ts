import type { DeviceLoginDecision, DeviceLoginStore, StoredDeviceLogin } from '../codes/device-login-store.ts'
import type { Database } from './database.ts'
import { deviceLoginTable } from './device-login.table.ts'
import { removeExpired } from './expired-rows.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(deviceLoginTable)

const sql = {
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  findByCode: `${rows.select} WHERE code_hash = $1`,
  find: `${rows.select} WHERE id = $1 AND token_hash = $2`,
  decide: `UPDATE ${rows.table} SET status = $2, account_id = $3, session_uid = $5
    WHERE code_hash = $1 AND status = 'pending' AND expires_at > $4`,
  consume: `DELETE FROM ${rows.table} WHERE id = $1 AND token_hash = $2 AND status <> 'pending' RETURNING ${rows.columns}`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  removeExpired: removeExpired(rows.table, 'id'),
}

export class TypeormDeviceLoginStore implements DeviceLoginStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(login: StoredDeviceLogin): Promise<boolean> {
    return (await this.#database.execute(sql.insert, rows.values(login))) === 1
  }

  async findByCode(codeHash: string): Promise<StoredDeviceLogin | undefined> {
    return rows.first(await this.#database.query(sql.findByCode, [codeHash]))
  }

  async find(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined> {
    return rows.first(await this.#database.query(sql.find, [id, tokenHash]))
  }

  async decide(codeHash: string, { status, accountId, sessionUid, at }: DeviceLoginDecision): Promise<boolean> {
    return (await this.#database.execute(sql.decide, [codeHash, status, accountId, at, sessionUid])) === 1
  }

  async consume(id: string, tokenHash: string): Promise<StoredDeviceLogin | undefined> {
    return rows.first(await this.#database.query(sql.consume, [id, tokenHash]))
  }

  async removeByAccount(accountId: string): Promise<void> {
    await this.#database.execute(sql.removeByAccount, [accountId])
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeExpired, [before, limit])
  }
}
