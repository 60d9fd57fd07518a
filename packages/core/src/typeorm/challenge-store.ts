import type { Challenge, ChallengeStore } from '../passkeys/challenge-store.ts'
import { challengeTable } from './challenge.table.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(challengeTable)

const sql = {
  consume: `DELETE FROM ${rows.table} WHERE hash = $1 RETURNING ${rows.columns}`,
  removeExpired: removeExpired(rows.table, 'hash'),
}

export class TypeormChallengeStore implements ChallengeStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async insert(challenge: Challenge): Promise<void> {
    await this.#database.execute(rows.insert, rows.values(challenge))
  }

  async consume(hash: string): Promise<Challenge | undefined> {
    return rows.first(await this.#database.query(sql.consume, [hash]))
  }

  removeExpired(before: number, limit: number): Promise<number> {
    return this.#database.execute(sql.removeExpired, [before, limit])
  }
}
