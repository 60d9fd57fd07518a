import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type StoredSetting, settingTable } from './setting.table.ts'

/** Stores settings that differ from their defaults. */
export interface SettingStore {
  list(): Promise<readonly StoredSetting[]>
  /**
   * Like `list`, but changes of another process may be seen up to two seconds later. Returns the same array while nothing
   * changes.
   */
  listCached(): Promise<readonly StoredSetting[]>
  /** Locks the store against other writers until the end of the transaction. */
  lock(): Promise<void>
  put(setting: StoredSetting): Promise<void>
  remove(key: string): Promise<void>
}

const rows = new TableRows(settingTable)

const sql = {
  list: `${rows.select} ORDER BY "key"`,
  put: `${rows.insert} ON CONFLICT ("key") DO UPDATE SET ${rows.assignments('key')}`,
  remove: `DELETE FROM ${rows.table} WHERE "key" = $1`,
}

export function createTypeormSettingStore(database: Database): SettingStore {
  let cached: { readonly found: readonly object[]; readonly settings: readonly StoredSetting[] } | undefined
  database.cacheTables(settingTable.options.name)
  return {
    list: async () => rows.all(await database.query(sql.list)),

    async listCached() {
      const query = { sql: sql.list, parameters: [], keepEmpty: true, cachedInTransactions: true }
      const found = await database.queryCached(query)
      if (cached?.found !== found) cached = { found, settings: rows.all(found) }
      return cached.settings
    },

    async lock() {
      await database.lockTable(settingTable.options.name)
    },

    put: (setting) => database.write(sql.put, rows.values(setting)),
    remove: (key) => database.write(sql.remove, [key]),
  }
}
