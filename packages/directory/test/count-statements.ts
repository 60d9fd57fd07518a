import { databaseOf } from '@pocket/core/internal/sql'
import type { DataSource } from 'typeorm'

/** Counts the statements that `work` sends to the database. */
export async function countStatements(dataSource: DataSource, callback: () => Promise<unknown>): Promise<number> {
  const database = databaseOf(dataSource)
  const { query, execute } = database
  let count = 0
  database.query = (...args) => {
    count += 1
    // Only the caller knows the type of the rows.
    return query.apply(database, args) as Promise<never>
  }
  database.execute = (...args) => {
    count += 1
    return execute.apply(database, args)
  }
  try {
    await callback()
  } finally {
    Object.assign(database, { query, execute })
  }
  return count
}
