import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type Favorite, favoriteTable } from './favorite.table.ts'

const rows = new TableRows(favoriteTable)

const sql = {
  list: `${rows.select} WHERE account_id = $1`,
  add: `${rows.insert} ON CONFLICT (account_id, client_id) DO NOTHING`,
  remove: `DELETE FROM ${rows.table} WHERE account_id = $1 AND client_id = $2`,
  removeByAccount: `DELETE FROM ${rows.table} WHERE account_id = $1`,
  removeByClient: `DELETE FROM ${rows.table} WHERE client_id = $1`,
  renameClient: `UPDATE ${rows.table} SET client_id = $2 WHERE client_id = $1`,
}

/** Stores favorites. Every method joins the running transaction. */
export function createFavoriteStore(database: Database) {
  return {
    list: async (accountId: string): Promise<readonly string[]> =>
      rows.all(await database.query(sql.list, [accountId])).map(({ clientId }) => clientId),
    /** Does nothing if it is already a favorite. */
    add: (favorite: Favorite): Promise<void> => database.write(sql.add, rows.values(favorite)),
    remove: (accountId: string, clientId: string): Promise<void> => database.write(sql.remove, [accountId, clientId]),
    removeByAccount: (accountId: string): Promise<void> => database.write(sql.removeByAccount, [accountId]),
    removeByClient: (clientId: string): Promise<void> => database.write(sql.removeByClient, [clientId]),
    renameClient: (clientId: string, newId: string): Promise<void> =>
      database.write(sql.renameClient, [clientId, newId]),
  }
}

export type FavoriteStore = ReturnType<typeof createFavoriteStore>
