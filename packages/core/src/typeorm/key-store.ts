import type { KeyStore, StoredKey } from '../oidc/key-store.ts'
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

export function createTypeormKeyStore(database: Database): KeyStore {
  let cached: { readonly found: readonly object[]; readonly keys: readonly StoredKey[] } | undefined
  database.cacheTables(keyTable.options.name)
  return {
    list: async () => rows.all(await database.query(sql.list)),

    async listCached() {
      const found = await database.queryCached({ sql: sql.list, parameters: [] })
      if (cached?.found !== found) cached = { found, keys: rows.all(found) }
      return cached.keys
    },

    insert: async (key) => (await database.execute(sql.insert, rows.values(key))) === 1,
    move: async (kid, from, to, at) => (await database.execute(sql.move, [kid, from, to, at])) === 1,
    requestReplacement: async (kid, at) => (await database.execute(sql.requestReplacement, [kid, at])) === 1,
    remove: (kid) => database.write(sql.remove, [kid]),
  }
}
