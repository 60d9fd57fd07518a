import type { InitialAccessTokenStore } from '../clients/initial-access-token-store.ts'
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

export function createTypeormInitialAccessTokenStore(database: Database): InitialAccessTokenStore {
  return {
    insert: (token) => database.write(rows.insert, rows.values(token)),
    findByHash: async (tokenHash) => rows.first(await database.query(sql.findByHash, [tokenHash])),
    list: async (now) => rows.all(await database.query(sql.list, [now])),
    use: async (tokenHash, now) => (await database.execute(sql.use, [tokenHash, now])) === 1,
    remove: async (id) => (await database.execute(sql.remove, [id])) === 1,
    removeExpired: (before, limit) => database.execute(sql.removeExpired, [before, limit]),
  }
}
