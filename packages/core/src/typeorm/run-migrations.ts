import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm'
import { databaseOf } from './database.ts'
import { type AppliedMigrations, refuseNewerDatabase } from './migration-history.ts'
import type { MigrationSet } from './migration-set.ts'
import { CreateTables1760000000000 } from './migrations/1760000000000-create-tables.ts'
import { ExtendClients1760000000010 } from './migrations/1760000000010-extend-clients.ts'
import { AddClientProtocol1760000000015 } from './migrations/1760000000015-add-client-protocol.ts'
import { CreateApis1760000000020 } from './migrations/1760000000020-create-apis.ts'
import { AddReauthentication1760000000030 } from './migrations/1760000000030-add-reauthentication.ts'
import { AddDeviceLogins1760000000031 } from './migrations/1760000000031-add-device-logins.ts'
import { CountConsumption1760000000090 } from './migrations/1760000000090-count-consumption.ts'
import { AddLogoutNotices1760000000100 } from './migrations/1760000000100-add-logout-notices.ts'
import { AddSecretUses1760000000110 } from './migrations/1760000000110-add-secret-uses.ts'
import { AddConnectionLog1760000000120 } from './migrations/1760000000120-add-connection-log.ts'
import { AddRegistration1760000000130 } from './migrations/1760000000130-add-registration.ts'
import { NotePolls1760000000140 } from './migrations/1760000000140-note-polls.ts'
import { AddLimits1760000000170 } from './migrations/1760000000170-add-limits.ts'
import { ExtendPasskeys1760000000180 } from './migrations/1760000000180-extend-passkeys.ts'
import { BoundApiTokens1760000000192 } from './migrations/1760000000192-bound-api-tokens.ts'
import { TellStrangers1760000000194 } from './migrations/1760000000194-tell-strangers.ts'
import { CoverBackups1760000000230 } from './migrations/1760000000230-cover-backups.ts'
import { NoteUserVerification1760000000320 } from './migrations/1760000000320-note-user-verification.ts'
import { SealChallenges1760000000352 } from './migrations/1760000000352-seal-challenges.ts'
import { CountPendingInteractions1760000000354 } from './migrations/1760000000354-count-pending-interactions.ts'
import { RequestKeyReplacement1760000000360 } from './migrations/1760000000360-request-key-replacement.ts'
import { AddSessionHistory1760000000400 } from './migrations/1760000000400-add-session-history.ts'
import { AdditiveNoteRegisteringNetworks1760000000420 } from './migrations/1760000000420-note-registering-networks.ts'
import { AdditiveAddSpentChallenges1760000000430 } from './migrations/1760000000430-add-spent-challenges.ts'
import { withoutTimeLimits } from './options.ts'
import { prefixTables, withMigrationSchema } from './table-names.ts'
import { pocketTables } from './tables.ts'

/** Core's migrations, which run first. */
export const pocketMigrations: MigrationSet = {
  table: 'pocket_core_migration',
  tables: pocketTables,
  retiredTables: ['pocket_challenge'],
  migrations: [
    CreateTables1760000000000,
    ExtendClients1760000000010,
    AddClientProtocol1760000000015,
    CreateApis1760000000020,
    AddReauthentication1760000000030,
    AddDeviceLogins1760000000031,
    CountConsumption1760000000090,
    AddLogoutNotices1760000000100,
    AddSecretUses1760000000110,
    AddConnectionLog1760000000120,
    AddRegistration1760000000130,
    NotePolls1760000000140,
    AddLimits1760000000170,
    ExtendPasskeys1760000000180,
    BoundApiTokens1760000000192,
    TellStrangers1760000000194,
    CoverBackups1760000000230,
    NoteUserVerification1760000000320,
    SealChallenges1760000000352,
    CountPendingInteractions1760000000354,
    RequestKeyReplacement1760000000360,
    AddSessionHistory1760000000400,
    AdditiveNoteRegisteringNetworks1760000000420,
    AdditiveAddSpentChallenges1760000000430,
  ],
}

/** The same number for all processes: "pocket" in ASCII. */
const advisoryLockId = 0x706f636b6574

/**
 * Runs the pending migrations of each set, in the given order, on its own connections. Each set is applied atomically, and
 * concurrent processes wait for each other.
 *
 * @param options of the host's `DataSource`; its tables and migrations are ignored. The tables are created in its `schema`
 *   (PostgreSQL; it must exist), with its `entityPrefix` before `pocket_`.
 * @throws {ConfigurationError} if a newer version has run migrations that are unknown here, before anything is written; otherwise
 *   the error of the failing migration, after the preceding sets have run.
 *
 * @example
 * ```ts
 * const options = sqliteOptions('service.sqlite')
 * await runMigrations(options, [pocketMigrations])
 * const dataSource = await new DataSource(options).initialize()
 * ```
 */
export async function runMigrations(options: DataSourceOptions, sets: readonly MigrationSet[]): Promise<void> {
  const migrationOptions = withoutTimeLimits(options)
  const lockDataSource = await new DataSource({
    ...withMigrationSchema(migrationOptions),
    entities: [],
    migrations: [],
  }).initialize()
  try {
    prefixTables(lockDataSource, tablesOf(sets))
    const runner = lockDataSource.createQueryRunner()
    // The lock is released with its connection in all cases.
    if (options.type === 'postgres') await runner.query('SELECT pg_advisory_lock($1)', [advisoryLockId])
    refuseNewerDatabase(sets, await appliedMigrations(runner, sets))
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
