import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type StoredSetting, settingTable } from './setting.table.ts'

const rows = new TableRows(settingTable)

const sql = {
  list: `${rows.select} ORDER BY "key"`,
  put: `${rows.insert} ON CONFLICT ("key") DO UPDATE SET ${rows.assignments('key')}`,
  remove: `DELETE FROM ${rows.table} WHERE "key" = $1`,
}

/** Stores settings that differ from their defaults. */
export function createTypeormSettingStore(database: Database) {
  let cached: { readonly found: readonly object[]; readonly settings: readonly StoredSetting[] } | undefined
  database.cacheTables(settingTable.options.name)
  return {
    list: async (): Promise<readonly StoredSetting[]> => rows.all(await database.query(sql.list)),

    /**
     * Like `list`, but changes of another process may be seen up to two seconds later. Returns the same array while nothing
     * changes.
     */
    async listCached(): Promise<readonly StoredSetting[]> {
      const query = { sql: sql.list, parameters: [], keepEmpty: true, cachedInTransactions: true }
      const found = await database.queryCached(query)
      if (cached?.found !== found) cached = { found, settings: rows.all(found) }
      return cached.settings
    },

    /** Locks the store against other writers until the end of the transaction. */
    async lock(): Promise<void> {
      await database.lockTable(settingTable.options.name)
    },

    put: (setting: StoredSetting): Promise<void> => database.write(sql.put, rows.values(setting)),
    remove: (key: string): Promise<void> => database.write(sql.remove, [key]),
  }
}

export type SettingStore = ReturnType<typeof createTypeormSettingStore>
