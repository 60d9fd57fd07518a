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

export class TypeormSpentChallengeStore implements SpentChallengeStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(hash: string): Promise<boolean> {
    return (await this.#database.execute(sql.insert, [hash])) === 1
  }

  async lastPosition(): Promise<number> {
    const [row] = await this.#database.query<{ position: string | number }>(sql.lastPosition)
    return Number(row?.position ?? 0)
  }

  removeUpTo(position: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeUpTo, [position, limit])
  }
}
