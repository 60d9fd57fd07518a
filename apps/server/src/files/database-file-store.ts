import type { Clock } from '@pocket/core'
import { type Database, TableRows } from '@pocket/core/internal/sql'
import { fileTable } from './file.table.ts'
import type { FileStore } from './file-store.ts'

const rows = new TableRows(fileTable)

const sql = {
  read: `${rows.select} WHERE "name" = $1`,
  write: `${rows.insert} ON CONFLICT ("name") DO UPDATE SET ${rows.assignments('name')}`,
  remove: `DELETE FROM ${rows.table} WHERE "name" = $1`,
}

/** Files in the database, so that every replica can read them and a database backup is complete. */
export function createDatabaseFileStore(database: Database, clock: Clock): FileStore {
  return {
    async read(name) {
      const file = rows.first(await database.query(sql.read, [name]))
      return file && Buffer.from(file.data, 'base64')
    },

    async write(name, bytes) {
      const file = { name, data: bytes.toString('base64'), createdAt: clock.now() }
      await database.execute(sql.write, rows.values(file))
    },

    remove: (name) => database.write(sql.remove, [name]),
  }
}
