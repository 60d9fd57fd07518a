import { type LimitStore, latestFullAt, maxFullAt } from '../limits/limit-store.ts'
import type { Database } from './database.ts'
import { removeExpired } from './expired-rows.ts'
import { limitTable } from './limit.table.ts'
import { TableRows } from './table-rows.ts'

const rows = new TableRows(limitTable)
const fullAt = `${rows.table}.expires_at`

const sql = {
  // $2 is the expiry of a previously full bucket, $3 now, $4 the latest time at which one token is left, $5 the interval, $6
  // the latest time at which the bucket is full again.
  consume: `INSERT INTO ${rows.table} ("key", expires_at, admitted) VALUES ($1, $2, TRUE)
    ON CONFLICT ("key") DO UPDATE SET
      expires_at = CASE WHEN ${fullAt} <= $3 OR ${fullAt} > $6 THEN $2 WHEN ${fullAt} <= $4 THEN ${fullAt} + $5 ELSE ${fullAt} END,
      admitted = ${fullAt} <= $3 OR ${fullAt} > $6 OR ${fullAt} <= $4
    RETURNING ${rows.columns}`,
  refund: `UPDATE ${rows.table} SET expires_at = expires_at - $2 WHERE "key" = $1`,
  removeExpired: removeExpired(rows.table, 'key'),
}

export function createTypeormLimitStore(database: Database): LimitStore {
  return {
    async consume(request) {
      const { key, interval, now } = request
      const values = [key, now + interval, now, maxFullAt(request), interval, latestFullAt(request)]
      const limit = rows.first(await database.query(sql.consume, values))
      if (limit === undefined) throw new Error('The rate limit statement returned no row.')
      return limit
    },

    refund: (key, interval) => database.write(sql.refund, [key, interval]),
    removeExpired: (before, limit) => database.execute(sql.removeExpired, [before, limit]),
  }
}
