import type { AppliedMigrations } from '@pocket/core/internal/sql'
import type { DataSource } from 'typeorm'
import { existingHistories, type Findings, fingerprintsIn, historyQuery, keyQuery, keyTableName } from './findings.ts'

type Query = (sql: string) => Promise<readonly { readonly name: string }[]>

export async function appliedMigrations(tables: ReadonlySet<string>, query: Query): Promise<AppliedMigrations> {
  const applied = new Map<string, readonly string[]>()
  for (const table of existingHistories(tables)) {
    const rows = await query(historyQuery(table))
    applied.set(
      table,
      rows.map(({ name }) => name),
    )
  }
  return applied
}

/** Inspects the schemas that the connection sees, without writing. */
export async function inspectPostgres(dataSource: DataSource): Promise<Findings> {
  const rows: readonly { readonly name: string }[] = await dataSource.query(
    'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))',
  )
  const tables = new Set(rows.map(({ name }) => name))
  const keys: readonly { readonly encrypted_jwk: string }[] = tables.has(keyTableName)
    ? await dataSource.query(keyQuery)
    : []
  return {
    tables,
    fingerprints: fingerprintsIn(keys.map((key) => key.encrypted_jwk)),
    applied: await appliedMigrations(tables, (sql) => dataSource.query(sql)),
  }
}
