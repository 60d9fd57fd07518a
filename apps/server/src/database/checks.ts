import { statfs } from 'node:fs/promises'
import { type Database, missingMigrations, refuseUnsupportedDatabase } from '@pocket/core/internal/sql'
import type { MigrationSet } from '@pocket/core/typeorm'
import { codeOf } from '../logging/failure.ts'
import { appliedMigrations } from './inspect-postgres.ts'

/** Bytes. With less free space, SQLite, its log and uploads soon fail. */
const minFreeSpace = 100 * 1024 * 1024

/** Matches no row, so nothing is written to disk; a read-only database still rejects it. */
const emptyWrite = `UPDATE pocket_job SET name = name WHERE name = ''`

/** @throws if the database is read-only */
export async function checkWritable(database: Database): Promise<void> {
  await database.execute(emptyWrite)
}

/** @throws if migrations are missing, or if a newer version has run migrations unknown to this version */
export async function checkMigrations(database: Database, migrations: readonly MigrationSet[]): Promise<void> {
  const tables = new Set(migrations.map(({ table }) => table))
  const applied = await appliedMigrations(tables, (sql) => database.query(sql))
  refuseUnsupportedDatabase(migrations, applied)
  const missing = missingMigrations(migrations, applied)
  if (missing.length > 0) throw new Error(`These migrations have not run: ${missing.join(', ')}.`)
}

/** @throws if the file system of the data folder is nearly full */
export async function checkDisk(dataFolder: string, minFree = minFreeSpace): Promise<void> {
  const space = await statfs(dataFolder).catch((error: unknown) => {
    // The folder may not exist with PostgreSQL and a key from the environment.
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (space && space.bavail * space.bsize < minFree)
    throw new Error(`${dataFolder} has less than ${minFree} bytes left.`)
}
