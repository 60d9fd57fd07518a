import type { DatabaseConfig } from '../config/database.ts'
import type { Staging, StagingOptions } from './staged-database.ts'
import { stagePostgres } from './staging-postgres.ts'
import { stageSqlite } from './staging-sqlite.ts'

/** The caller holds the exclusive lock of the instance. */
export function createStaging(database: DatabaseConfig, options: StagingOptions): Promise<Staging> {
  return database.kind === 'sqlite' ? stageSqlite(database.path, options) : stagePostgres(database.url, options)
}
