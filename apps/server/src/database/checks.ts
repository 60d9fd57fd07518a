import { statfs } from 'node:fs/promises'
import { type Database, missingMigrations, refuseNewerDatabase } from '@pocket/core/typeorm'
import { codeOf } from '../logging/failure.ts'
import { appliedMigrations } from './inspect-postgres.ts'
import { migrations } from './server-tables.ts'

/** Bytes. With less, SQLite, its log and uploads soon find no room. */
const minFreeSpace = 100 * 1024 * 1024

/** Touches no row, so that no disk is woken; a database that can only be read refuses it all the same. */
const emptyWrite = `UPDATE pocket_job SET name = name WHERE name = ''`

/** @throws where the database can only be read */
export async function checkWritable(database: Database): Promise<void> {
  await database.execute(emptyWrite)
}

/** @throws where migrations are missing, or a newer version has run some that this one does not know */
export async function checkMigrations(database: Database): Promise<void> {
  const tables = new Set(migrations.map(({ table }) => table))
  const applied = await appliedMigrations(tables, (sql) => database.query(sql))
  refuseNewerDatabase(migrations, applied)
  const missing = missingMigrations(migrations, applied)
  if (missing.length > 0) throw new Error(`These migrations have not run: ${missing.join(', ')}.`)
}

/** @throws where the file system of the data folder is nearly full */
export async function checkDisk(dataFolder: string, minFree = minFreeSpace): Promise<void> {
  const space = await statfs(dataFolder).catch((error: unknown) => {
    // With PostgreSQL and a key of the environment there may be none.
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (space && space.bavail * space.bsize < minFree)
    throw new Error(`${dataFolder} has less than ${minFree} bytes left.`)
}
