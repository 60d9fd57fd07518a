import type { MigrationSet } from '@pocket/core/typeorm'
import type { DatabaseConfig } from '../config/database.ts'
import type { Schema } from '../database/migrated-database.ts'
import { ArchiveError, type Staging } from '../database/staged-database.ts'
import { stagePostgres } from '../database/staging-postgres.ts'
import { stageSqlite } from '../database/staging-sqlite.ts'
import type { TableShape } from '../database/table-shape.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Logger } from '../logging/logger.ts'
import type { ArchiveEnd, ArchiveHeader } from './archive-format.ts'
import type { ArchiveReading } from './read-archive.ts'

type StagedDataSource = Awaited<ReturnType<Staging['complete']>>

export interface ImportTarget {
  readonly database: DatabaseConfig
  readonly schema: Schema
  readonly filesOf: (dataSource: StagedDataSource) => FileStore
  /** Writes into the complete data before it replaces that of the instance. */
  readonly beforeReplacement: (dataSource: StagedDataSource) => Promise<void>
  /** Rejects if the lock of the instance was lost, or if the import was aborted. */
  readonly assertLocked: () => Promise<void>
  readonly logger: Logger
}

/** @throws {ArchiveError} if a newer version wrote the archive */
export function assertKnownMigrations(
  { migrations, program }: Pick<ArchiveHeader, 'migrations' | 'program'>,
  { migrations: sets }: Schema,
): void {
  const setsByTable = new Map(sets.map((set) => [set.table, set]))
  for (const [table, names] of Object.entries(migrations))
    for (const name of names)
      if (!isKnown(name, setsByTable.get(table)))
        throw new ArchiveError(
          `The archive was written by a newer version (${program}), which has run the migration ${name}. Import it with that version.`,
        )
}

/** A history also names the migrations that the first one replaced. */
function isKnown(name: string, set: MigrationSet | undefined): boolean {
  if (set === undefined) return false
  const { lastReplacedMigration: last } = set
  return (
    set.migrations.some((Migration) => nameOf(Migration) === name) ||
    (last !== undefined && timeOf(name) <= timeOf(last))
  )
}

/** Names end with a timestamp of 13 digits. */
function timeOf(name: string): number {
  return Number(name.slice(-13))
}

/** Replaces the data of an instance, whose exclusive lock the caller holds. Until the last step nothing is changed. */
export async function importArchive(reading: ArchiveReading, target: ImportTarget): Promise<ArchiveEnd> {
  const { header } = reading
  const { database, schema, logger } = target
  assertKnownMigrations(header, schema)
  const initial = schema.migrations.map((set) => onlyNamed(set, new Set(header.migrations[set.table])))
  const stagingOptions = { ...schema, initial, logger }
  await using staging = await (database.kind === 'sqlite'
    ? stageSqlite(database.path, stagingOptions)
    : stagePostgres(database.url, stagingOptions))
  await using stack = new AsyncDisposableStack()
  const end = await fill(staging, reading, { target, onNewFile: (remove) => stack.defer(remove) })
  await target.assertLocked()
  await staging.replaceDatabase()
  // The new files belong to the new data from here on.
  stack.move()
  return end
}

function onlyNamed(set: MigrationSet, names: ReadonlySet<string>): MigrationSet {
  return { ...set, migrations: set.migrations.filter((Migration) => names.has(nameOf(Migration))) }
}

/** As TypeORM records it. */
function nameOf(Migration: MigrationSet['migrations'][number]): string {
  return new Migration().name ?? Migration.name
}

interface FillOptions {
  readonly target: ImportTarget
  /** Receives a function that removes a new file if the import fails. */
  readonly onNewFile: (remove: () => Promise<void>) => void
}

async function fill(
  staging: Staging,
  { header, records }: ArchiveReading,
  { target, onNewFile }: FillOptions,
): Promise<ArchiveEnd> {
  const tables = new Map(header.tables.map((table) => [table.name, table]))
  let dataSource: StagedDataSource | undefined
  let files: FileStore | undefined
  for (;;) {
    const { done, value } = await records.next()
    if (done) {
      dataSource ??= await staging.complete()
      await target.beforeReplacement(dataSource)
      return value
    }
    if ('table' in value) {
      if (dataSource !== undefined) throw new ArchiveError('The archive is damaged.')
      await insert(staging, tables.get(value.table), value.rows)
      continue
    }
    dataSource ??= await staging.complete()
    files ??= target.filesOf(dataSource)
    const { file, data } = value
    if ((await files.read(file)) !== undefined) continue
    const store = files
    onNewFile(() => store.remove(file))
    await files.write(file, Buffer.from(data, 'base64'))
  }
}

async function insert(
  staging: Staging,
  table: TableShape | undefined,
  rows: Parameters<Staging['insert']>[1],
): Promise<void> {
  if (table === undefined || rows.some(({ length }) => length !== table.columns.length))
    throw new ArchiveError('The archive is damaged.')
  try {
    await staging.insert(table, rows)
  } catch (cause) {
    throw new ArchiveError(`The archive contains rows of ${table.name} that cannot be stored.`, { cause })
  }
}
