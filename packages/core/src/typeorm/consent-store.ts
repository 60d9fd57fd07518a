import type { ConsentStore } from '../consents/consent-store.ts'
import { consentTable } from './consent.table.ts'
import type { Database, DatabaseKind } from './database.ts'
import { jsonList } from './json-list.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(consentTable)

const sql = {
  find: `${rows.select} WHERE account_id = $1 AND client_id = $2`,
  // Updating an existing row locks it, so that concurrent additions wait.
  claim: `${rows.insert} ON CONFLICT (account_id, client_id) DO UPDATE SET updated_at = excluded.updated_at
    RETURNING ${rows.columns}`,
  setScopes: `UPDATE ${rows.table} SET scopes = $3 WHERE account_id = $1 AND client_id = $2`,
  recordUse: `UPDATE ${rows.table} SET updated_at = $3 WHERE account_id = $1 AND client_id = $2`,
  remove: `DELETE FROM ${rows.table} WHERE account_id = $1 AND client_id = $2`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  removeByClient: `DELETE FROM ${rows.table} WHERE client_id = $1`,
  removeScopes: (kind: DatabaseKind) => {
    const list = jsonList(kind, 'scopes')
    const aggregate = kind === 'postgres' ? 'json_agg' : 'json_group_array'
    const hasPrefix = 'substr(scope.value, 1, length($1)) = $1'
    return `UPDATE ${rows.table} SET scopes = COALESCE(
        CAST((SELECT ${aggregate}(scope.value) FROM ${list} AS scope WHERE NOT ${hasPrefix}) AS TEXT), '[]')
      WHERE EXISTS (SELECT 1 FROM ${list} AS scope WHERE ${hasPrefix})`
  },
  renameClient: `UPDATE ${rows.table} SET client_id = $2 WHERE client_id = $1`,
}

export function createTypeormConsentStore(database: Database): ConsentStore {
  return {
    find: async (accountId, clientId) =>
      rows.first(await database.query(sql.find, [accountId, clientId], { isKeyRead: true })),

    async allow(accountId, clientId, scopes, at) {
      const newConsent = { accountId, clientId, scopes: [...new Set(scopes)], createdAt: at, updatedAt: at }
      await database.transaction(async () => {
        const existing = rows.first(await database.query(sql.claim, rows.values(newConsent)))
        const existingScopes = new Set(existing?.scopes)
        const addedScopes = newConsent.scopes.filter((scope) => !existingScopes.has(scope))
        if (addedScopes.length === 0) return
        await database.execute(sql.setScopes, [
          accountId,
          clientId,
          JSON.stringify([...existingScopes, ...addedScopes]),
        ])
      })
    },

    async recordUse(accountId, clientId, at) {
      await database.executeLater({ sql: sql.recordUse, parameters: [accountId, clientId, at] })
    },

    remove: async (accountId, clientId) => (await database.execute(sql.remove, [accountId, clientId])) === 1,
    removeByAccount: (accountId) => database.write(sql.removeByAccount, [accountId]),
    removeByClient: (clientId) => database.write(sql.removeByClient, [clientId]),
    removeScopes: (prefix) => database.write(sql.removeScopes(database.kind), [prefix]),
    renameClient: (clientId, newId) => database.write(sql.renameClient, [clientId, newId]),
  }
}
