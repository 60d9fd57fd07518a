import type { EntitySchema } from 'typeorm'
import type { Database } from './database.ts'
import { TableRows } from './table-rows.ts'

/** Inserts any number of rows in one statement. */
export type BulkInsert<Entity> = (entities: readonly Entity[]) => Promise<void>

export function bulkInsert<Entity>(database: Database, schema: EntitySchema<Entity>): BulkInsert<Entity> {
  const rows = new TableRows(schema)
  const sql = rows.insertProvided(database.kind)
  return async (entities) => {
    if (entities.length === 0) return
    await database.execute(sql, [JSON.stringify(entities.map((entity) => rows.record(entity)))])
  }
}
