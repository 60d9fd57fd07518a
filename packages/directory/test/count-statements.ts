import { databaseOf } from '@pocket/core/internal/sql'
import type { DataSource } from 'typeorm'

/** Counts the statements that `work` sends to the database. */
export async function statementsOf(dataSource: DataSource, work: () => Promise<unknown>): Promise<number> {
  const database = databaseOf(dataSource)
  const { query, execute } = database
  let count = 0
  database.query = (...call) => {
    count += 1
    // A cast: only the caller knows the row type.
    return query.apply(database, call) as Promise<never>
  }
  database.execute = (...call) => {
    count += 1
    return execute.apply(database, call)
  }
  try {
    await work()
  } finally {
    Object.assign(database, { query, execute })
  }
  return count
}
