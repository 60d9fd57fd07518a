import type { InitialAccessToken, InitialAccessTokenStore } from '../clients/initial-access-token-store.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { initialAccessTokenTable } from './initial-access-token.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(initialAccessTokenTable)

const sql = {
  findByHash: `${rows.select} WHERE token_hash = $1`,
  list: `${rows.select} WHERE expires_at > $1 ORDER BY created_at DESC, id`,
  use: `UPDATE ${rows.table} SET usage_count = usage_count + 1
    WHERE token_hash = $1 AND usage_count < usage_limit AND expires_at > $2`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
  removeExpired: removeExpired(rows.table, 'id'),
}

export class TypeormInitialAccessTokenStore implements InitialAccessTokenStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(token: InitialAccessToken): Promise<void> {
    await this.#database.execute(rows.insert, rows.values(token))
  }

  async findByHash(tokenHash: string): Promise<InitialAccessToken | undefined> {
    return rows.first(await this.#database.query(sql.findByHash, [tokenHash]))
  }

  async list(now: number): Promise<readonly InitialAccessToken[]> {
    return rows.all(await this.#database.query(sql.list, [now]))
  }

  async use(tokenHash: string, now: number): Promise<boolean> {
    return (await this.#database.execute(sql.use, [tokenHash, now])) === 1
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [id])) === 1
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeExpired, [before, limit])
  }
}
