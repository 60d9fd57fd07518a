import { keyTable } from '@pocket/core/typeorm'
import type { DataSource } from 'typeorm'
import { type Findings, fingerprintsIn, keyTableName } from './findings.ts'

/** Looks into the schemas that a connection sees, without writing. */
export async function inspectPostgres(dataSource: DataSource): Promise<Findings> {
  const rows: readonly { readonly name: string }[] = await dataSource.query(
    'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))',
  )
  const tables = new Set(rows.map(({ name }) => name))
  const keys = tables.has(keyTableName) ? await dataSource.getRepository(keyTable).find() : []
  return { tables, fingerprints: fingerprintsIn(keys.map(({ encryptedJwk }) => encryptedJwk)) }
}
