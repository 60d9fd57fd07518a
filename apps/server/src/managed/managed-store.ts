import { type Database, TableRows } from '@pocket/core/internal/sql'
import {
  type AppliedFile,
  appliedFileTable,
  type ManagedKind,
  type ManagedObject,
  managedTable,
} from './managed.table.ts'

const objects = new TableRows(managedTable)
const files = new TableRows(appliedFileTable)

const sql = {
  list: `${objects.select} ORDER BY kind, id`,
  find: `${objects.select} WHERE kind = $1 AND id = $2`,
  insert: objects.insert,
  clear: `DELETE FROM ${objects.table}`,
  file: files.select,
  putFile: `${files.insert} ON CONFLICT (id) DO UPDATE SET ${files.excluded('id')}`,
  removeFile: `DELETE FROM ${files.table}`,
}

/** Stores what the configuration file declares. */
export class ManagedStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(): Promise<readonly ManagedObject[]> {
    return objects.all(await this.#database.query(sql.list, []))
  }

  async find(kind: ManagedKind, id: string): Promise<ManagedObject | undefined> {
    return objects.first(await this.#database.query(sql.find, [kind, id]))
  }

  /** Replaces all objects, within the transaction of the caller. */
  async replace(managed: readonly ManagedObject[]): Promise<void> {
    await this.#database.execute(sql.clear, [])
    for (const object of managed) await this.#database.execute(sql.insert, objects.values(object))
  }

  async appliedFile(): Promise<AppliedFile | undefined> {
    return files.first(await this.#database.query(sql.file, []))
  }

  async putAppliedFile(file: AppliedFile): Promise<void> {
    await this.#database.execute(sql.putFile, files.values(file))
  }

  /** Ends the management of all objects. */
  async release(): Promise<void> {
    await this.#database.transaction(async () => {
      await this.#database.execute(sql.clear, [])
      await this.#database.execute(sql.removeFile, [])
    })
  }
}
