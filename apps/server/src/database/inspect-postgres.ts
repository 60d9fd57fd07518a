import { type AppliedMigrations, keyTable } from '@pocket/core/typeorm'
import type { DataSource } from 'typeorm'
import { type Findings, fingerprintsIn, historiesAmong, historyOf, keyTableName } from './findings.ts'

type Query = (sql: string) => Promise<readonly { readonly name: string }[]>

/** Which migrations have run, where these are the tables that there are. */
export async function appliedMigrations(tables: ReadonlySet<string>, query: Query): Promise<AppliedMigrations> {
  const applied = new Map<string, readonly string[]>()
  for (const table of historiesAmong(tables)) {
    const rows = await query(historyOf(table))
    applied.set(
      table,
      rows.map(({ name }) => name),
    )
  }
  return applied
}

/** Looks into the schemas that a connection sees, without writing. */
export async function inspectPostgres(dataSource: DataSource): Promise<Findings> {
  const rows: readonly { readonly name: string }[] = await dataSource.query(
    'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))',
  )
  const tables = new Set(rows.map(({ name }) => name))
  const keys = tables.has(keyTableName) ? await dataSource.getRepository(keyTable).find() : []
  return {
    tables,
    fingerprints: fingerprintsIn(keys.map(({ encryptedJwk }) => encryptedJwk)),
    applied: await appliedMigrations(tables, (sql) => dataSource.query(sql)),
  }
}
