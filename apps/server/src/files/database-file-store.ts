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
export class DatabaseFileStore implements FileStore {
  readonly #database: Database
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  async read(name: string): Promise<Buffer | undefined> {
    const file = rows.first(await this.#database.query(sql.read, [name]))
    return file && Buffer.from(file.data, 'base64')
  }

  async write(name: string, bytes: Buffer): Promise<void> {
    const file = { name, data: bytes.toString('base64'), createdAt: this.#clock.now() }
    await this.#database.execute(sql.write, rows.values(file))
  }

  async remove(name: string): Promise<void> {
    await this.#database.execute(sql.remove, [name])
  }
}
