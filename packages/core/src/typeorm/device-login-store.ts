import type { DeviceLoginStore } from '../codes/device-login-store.ts'
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

export function createTypeormDeviceLoginStore(database: Database): DeviceLoginStore {
  return {
    insert: async (login) => (await database.execute(sql.insert, rows.values(login))) === 1,
    findByCode: async (codeHash) => rows.first(await database.query(sql.findByCode, [codeHash])),
    find: async (id, tokenHash) => rows.first(await database.query(sql.find, [id, tokenHash])),
    decide: async (codeHash, { status, accountId, sessionUid, at }) =>
      (await database.execute(sql.decide, [codeHash, status, accountId, at, sessionUid])) === 1,
    consume: async (id, tokenHash) => rows.first(await database.query(sql.consume, [id, tokenHash])),
    removeByAccount: (accountId) => database.write(sql.removeByAccount, [accountId]),
    removeExpired: (before, limit) => database.execute(sql.removeExpired, [before, limit]),
  }
}
