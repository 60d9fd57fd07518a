import { type Database, TableRows } from '@pocket/core/internal/sql'
import { type StoredSetting, settingTable } from './setting.table.ts'

/** Stores settings that differ from their defaults. */
export interface SettingStore {
  list(): Promise<readonly StoredSetting[]>
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

export class TypeormSettingStore implements SettingStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(): Promise<readonly StoredSetting[]> {
    return rows.all(await this.#database.query(sql.list))
  }

  async lock(): Promise<void> {
    await this.#database.lockTable(settingTable.options.name)
  }

  async put(setting: StoredSetting): Promise<void> {
    await this.#database.execute(sql.put, rows.values(setting))
  }

  async remove(key: string): Promise<void> {
    await this.#database.execute(sql.remove, [key])
  }
}
