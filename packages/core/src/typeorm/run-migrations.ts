import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm'
import { assertSupportedDatabase } from './data-source-error.ts'
import { databaseOf } from './database.ts'
import { assertSupportedTypeorm } from './installed.ts'
import { type AppliedMigrations, refuseUnsupportedDatabase } from './migration-history.ts'
import type { MigrationSet } from './migration-set.ts'
import { CreateTables1763000000000, lastReplacedMigration } from './migrations/1763000000000-create-tables.ts'
import { laterMigrations } from './migrations/later-migrations.ts'
import { withoutTimeLimits } from './options.ts'
import { prefixTables, withMigrationSchema } from './table-names.ts'
import { pocketTables } from './tables.ts'

/** Core's migrations, which run first. */
export const pocketMigrations: MigrationSet = {
  table: 'pocket_core_migration',
  tables: pocketTables,
  retiredTables: ['pocket_challenge'],
  migrations: [CreateTables1763000000000, ...laterMigrations],
  lastReplacedMigration,
}

/** The same number for all processes: "pocket" in ASCII. */
const advisoryLockId = 0x706f636b6574

/**
 * Runs the pending migrations of each set, in the given order, on its own connections. Each set is applied atomically, and
 * concurrent processes wait for each other.
 *
 * @param options of the host's `DataSource`; its tables and migrations are ignored. The tables are created in its `schema`
 *   (PostgreSQL; it must exist), with its `entityPrefix` before `pocket_`.
 * @throws {ConfigurationError} before anything is written, if the database is of another kind or too old, or if a newer version
 *   has run migrations that are unknown here; otherwise the error of the failing migration, after the preceding sets have run.
 *
 * @example
 * ```ts
 * const options = sqliteOptions('service.sqlite')
 * await runMigrations(options, [pocketMigrations])
 * const dataSource = await new DataSource(options).initialize()
 * ```
 */
export async function runMigrations(options: DataSourceOptions, sets: readonly MigrationSet[]): Promise<void> {
  assertSupportedTypeorm()
  assertSupportedDatabase(options?.type)
  const migrationOptions = withoutTimeLimits(options)
  const lockDataSource = await new DataSource({
    ...withMigrationSchema(migrationOptions),
    entities: [],
    migrations: [],
  }).initialize()
  try {
    prefixTables(lockDataSource, tablesOf(sets))
    const runner = lockDataSource.createQueryRunner()
    if (options.type === 'postgres') {
      // In a transaction, since a connection pooler may give each statement outside one another connection. The lock is
      // released with its connection in all cases.
      await runner.startTransaction()
      await runner.query('SELECT pg_advisory_xact_lock($1)', [advisoryLockId])
    }
    refuseUnsupportedDatabase(sets, await appliedMigrations(runner, sets))
    await runSets(migrationOptions, sets)
  } finally {
    await lockDataSource.destroy()
  }
}

async function appliedMigrations(runner: QueryRunner, sets: readonly MigrationSet[]): Promise<AppliedMigrations> {
  const applied = new Map<string, readonly string[]>()
  for (const { table } of sets) {
    if (!(await runner.hasTable(table))) continue
    const rows: readonly { readonly name: string }[] = await runner.query(`SELECT name FROM "${table}"`)
    applied.set(
      table,
      rows.map(({ name }) => name),
    )
  }
  return applied
}

function tablesOf(sets: readonly MigrationSet[]): ReadonlySet<string> {
  return new Set(
    sets.flatMap(({ table, tables, retiredTables = [] }) => [
      table,
      ...tables.map(({ options }) => options.name),
      ...retiredTables,
    ]),
  )
}

async function runSets(options: DataSourceOptions, sets: readonly MigrationSet[]): Promise<void> {
  const tables = tablesOf(sets)
  for (const set of sets) {
    const dataSource = new DataSource({
      ...withMigrationSchema(options),
      entities: [],
      migrations: [...set.migrations],
      migrationsTableName: set.table,
      migrationsRun: false,
      synchronize: false,
    })
    await dataSource.initialize()
    try {
      await (options.type === 'postgres' ? runOnPostgres(dataSource, tables) : runOnSqlite(dataSource, tables))
    } finally {
      await dataSource.destroy()
    }
  }
}

async function runOnPostgres(dataSource: DataSource, tables: ReadonlySet<string>): Promise<void> {
  prefixTables(dataSource, tables)
  await dataSource.runMigrations()
}

/** One transaction that takes the write lock at its start, so that another process waits there and not halfway. */
async function runOnSqlite(dataSource: DataSource, tables: ReadonlySet<string>): Promise<void> {
  const { transaction } = databaseOf(dataSource)
  prefixTables(dataSource, tables)
  // An index of a large table would be sorted in memory.
  await dataSource.query('PRAGMA temp_store = FILE')
  const runner = dataSource.createQueryRunner()
  // Disables foreign keys during the migrations, since SQLite changes a table by dropping and recreating it.
  await runner.beforeMigration()
  await transaction(async () => {
    await dataSource.runMigrations({ transaction: 'none' })
    const brokenReferences: readonly unknown[] = await dataSource.query('PRAGMA foreign_key_check')
    if (brokenReferences.length > 0) throw new Error(`A migration leaves ${brokenReferences.length} broken references`)
  })
  await runner.afterMigration()
}
