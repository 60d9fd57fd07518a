import type { IssuerStore } from '../issuer-store.ts'
import type { Database } from './database.ts'
import { issuerTable } from './issuer.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(issuerTable)

const sql = {
  find: `${rows.select} WHERE id = 1`,
  insert: `${rows.insert} ON CONFLICT DO NOTHING`,
  replace: `UPDATE ${rows.table} SET issuer = $2 WHERE id = 1 AND issuer = $1`,
}

export class TypeormIssuerStore implements IssuerStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async claim(issuer: string): Promise<string> {
    const stored = await this.#find()
    if (stored !== undefined) return stored
    await this.#database.execute(sql.insert, rows.values({ id: 1, issuer }))
    // Another process may have inserted its row first.
    return (await this.#find()) ?? issuer
  }

  async replace(from: string, to: string): Promise<boolean> {
    return (await this.#database.execute(sql.replace, [from, to])) === 1
  }

  async #find(): Promise<string | undefined> {
    return rows.all(await this.#database.query(sql.find))[0]?.issuer
  }
}
