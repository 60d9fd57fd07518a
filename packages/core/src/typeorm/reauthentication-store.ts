import type { ReauthenticationStore } from '../sessions/reauthentication-store.ts'
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

export function createTypeormReauthenticationStore(database: Database): ReauthenticationStore {
  return {
    insert: (reauthentication) => database.write(rows.insert, rows.values(reauthentication)),
    consume: async ({ hash, accountId, sessionUid }) =>
      rows.first(await database.query(sql.consume, [hash, accountId, sessionUid])),
    removeByAccount: (accountId) => database.write(sql.removeByAccount, [accountId]),
    removeExpired: (before, limit) => database.execute(sql.removeExpired, [before, limit]),
  }
}
