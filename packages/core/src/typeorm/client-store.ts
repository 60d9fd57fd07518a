import type { Client } from '../clients/client.ts'
import type { ClientStore } from '../clients/client-store.ts'
import { clientTable } from './client.table.ts'
import type { Database } from './database.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(clientTable)

const sql = {
  find: `${rows.select} WHERE id = $1`,
  list: rows.select,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  update: `UPDATE ${rows.table} SET ${rows.assignments('id')} WHERE id = $1`,
  remove: `DELETE FROM ${rows.table} WHERE id = $1`,
}

export class TypeormClientStore implements ClientStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(id: string): Promise<Client | undefined> {
    return rows.first(await this.#database.query(sql.find, [id]))
  }

  async list(): Promise<readonly Client[]> {
    // Not sorted by the database, since each has an order of its own.
    return rows.all(await this.#database.query(sql.list)).sort(byName)
  }

  async insert(client: Client): Promise<boolean> {
    return (await this.#database.execute(sql.insert, rows.values(client))) === 1
  }

  async update(client: Client): Promise<boolean> {
    return (await this.#database.execute(sql.update, rows.values(client))) === 1
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#database.execute(sql.remove, [id])) === 1
  }
}

const { compare } = new Intl.Collator('en', { numeric: true })

function byName(left: Client, right: Client): number {
  return compare(left.name, right.name) || compare(left.id, right.id)
}
