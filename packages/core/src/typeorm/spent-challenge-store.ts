import type { SpentChallengeStore } from '../passkeys/spent-challenge-store.ts'
import { challengeTable } from './challenge.table.ts'
import type { Database } from './database.ts'
import { TableRows } from './table-rows.ts'

const { table } = new TableRows(challengeTable)

const sql = {
  insert: `INSERT INTO ${table} (hash) VALUES ($1) ON CONFLICT DO NOTHING`,
  lastPosition: `SELECT COALESCE(MAX(id), 0) AS position FROM ${table}`,
  removeUpTo: `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE id <= $1 ORDER BY id LIMIT $2)`,
}

export function createTypeormSpentChallengeStore(database: Database): SpentChallengeStore {
  return {
    insert: async (hash) => (await database.execute(sql.insert, [hash])) === 1,

    async lastPosition() {
      const [row] = await database.query<{ position: string | number }>(sql.lastPosition)
      return Number(row?.position ?? 0)
    },

    removeUpTo: (position, limit) => database.execute(sql.removeUpTo, [position, limit]),
  }
}
