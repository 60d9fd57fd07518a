import type { CodeStore } from '../codes/code-store.ts'
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

export function createTypeormCodeStore(database: Database): CodeStore {
  return {
    insert: (code) => database.write(rows.insert, rows.values(code)),
    consume: async (hash, browserHash = null) => rows.first(await database.query(sql.consume, [hash, browserHash])),
    find: async (hash) => rows.first(await database.query(sql.find, [hash])),

    async count(accountId, kind, now) {
      const [row] = await database.query<{ count: number | string }>(sql.count, [accountId, kind, now])
      return Number(row?.count ?? 0)
    },

    async removeKinds(accountId, kinds) {
      let removed = 0
      for (const kind of kinds) removed += await database.execute(sql.removeKind, [accountId, kind])
      return removed
    },

    async removeCreatedIn(accountId, sessionUids) {
      for (const uid of sessionUids) await database.execute(sql.removeCreatedIn, [accountId, uid])
    },

    remove: async (hash) => (await database.execute(sql.remove, [hash])) === 1,
    removeByAccount: (accountId) => database.write(sql.removeByAccount, [accountId]),
    expireByAccount: (accountId) => database.write(sql.expireByAccount, [accountId]),
    removeExpired: (before, limit) => database.execute(sql.removeExpired, [before, limit]),
  }
}
