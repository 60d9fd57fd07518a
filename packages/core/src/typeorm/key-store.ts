import type { KeyStatus, KeyStore, StoredKey } from '../oidc/key-store.ts'
import type { Database } from './database.ts'
import { keyTable } from './key.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(keyTable)

const sql = {
  list: `${rows.select} ORDER BY algorithm, CASE status WHEN 'current' THEN 0 WHEN 'next' THEN 1 ELSE 2 END,
    status_since DESC`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  move: `UPDATE ${rows.table} SET status = $3, status_since = $4 WHERE kid = $1 AND status = $2`,
  requestReplacement: `UPDATE ${rows.table} SET replacement_requested_at = $2 WHERE kid = $1 AND status = 'current'`,
  remove: `DELETE FROM ${rows.table} WHERE kid = $1`,
}

export class TypeormKeyStore implements KeyStore {
  readonly #database: Database
  #cached: { readonly found: readonly object[]; readonly keys: readonly StoredKey[] } | undefined

  constructor(database: Database) {
    this.#database = database
    database.cacheTables(keyTable.options.name)
  }

  async list(): Promise<readonly StoredKey[]> {
    return rows.all(await this.#database.query(sql.list))
  }

  async listCached(): Promise<readonly StoredKey[]> {
    const found = await this.#database.queryCached({ sql: sql.list, parameters: [] })
    if (this.#cached?.found !== found) this.#cached = { found, keys: rows.all(found) }
    return this.#cached.keys
  }

  async insert(key: StoredKey): Promise<boolean> {
    return (await this.#database.execute(sql.insert, rows.values(key))) === 1
  }

  async move(kid: string, from: KeyStatus, to: KeyStatus, at: number): Promise<boolean> {
    return (await this.#database.execute(sql.move, [kid, from, to, at])) === 1
  }

  async requestReplacement(kid: string, at: number): Promise<boolean> {
    return (await this.#database.execute(sql.requestReplacement, [kid, at])) === 1
  }

  async remove(kid: string): Promise<void> {
    await this.#database.execute(sql.remove, [kid])
  }
}
