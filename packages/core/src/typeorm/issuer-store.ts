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

export function createTypeormIssuerStore(database: Database): IssuerStore {
  const find = async (): Promise<string | undefined> => rows.all(await database.query(sql.find))[0]?.issuer

  return {
    async claim(issuer) {
      const stored = await find()
      if (stored !== undefined) return stored
      await database.execute(sql.insert, rows.values({ id: 1, issuer }))
      // Another process may have inserted its row first.
      return (await find()) ?? issuer
    },

    replace: async (from, to) => (await database.execute(sql.replace, [from, to])) === 1,
  }
}
