import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { MasterKey } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { cacheChannel, databaseOf, missingMigrations, refuseUnsupportedDatabase } from '@pocket/core/internal/sql'
import { type MigrationSet, runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm'
import type { DatabaseConfig } from '../config/database.ts'
import { codeOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { checkDisk, checkMigrations, checkWritable } from './checks.ts'
import { connectToPostgres } from './connect.ts'
import { createDataFolder, notWritableError } from './data-folder.ts'
import { withDurableKeys } from './durable-keys.ts'
import { createPrivateFile, warnAboutReadableSecrets } from './file-modes.ts'
import type { Findings } from './findings.ts'
import { describeDatabase, inspectDatabase } from './inspect-database.ts'
import { inspectPostgres } from './inspect-postgres.ts'
import { inspectSqlite } from './inspect-sqlite.ts'
import { acquireInstanceLock } from './instance-lock.ts'
import type { InstanceLock, LockOptions } from './lock.ts'
import { lockFileOf } from './lock-sqlite.ts'
import { type MasterKeyConfig, openMasterKey } from './master-key.ts'
import { rejectPocketIdDatabase } from './pocket-id-database.ts'
import { describePostgres } from './postgres-url.ts'

export interface MigratedDatabase extends AsyncDisposable {
  readonly dataSource: DataSource
  readonly masterKey: MasterKey
  readonly lock: InstanceLock
  ping(): Promise<void>
  readonly checks: Readonly<Record<'database' | 'writable' | 'migrations' | 'disk', () => Promise<void>>>
}

export interface DatabaseOptions extends MasterKeyConfig {
  readonly database: DatabaseConfig
  /** False for a command that only reads: missing migrations are an error. Default: true. */
  readonly migrates?: boolean
}

/** The migrations of this version have not run, and the caller does not run them. */
class MissingMigrationsError extends ConfigurationError {
  override readonly name = 'MissingMigrationsError'
}

export interface Schema {
  readonly tables: readonly EntitySchema[]
  /** In the order that the sets run. */
  readonly migrations: readonly MigrationSet[]
}

interface OpenOptions {
  readonly schema: Schema
  readonly logger: Logger
  readonly stop: AbortSignal | undefined
  /** Default: shared. */
  readonly lock?: Pick<LockOptions, 'mode' | 'force' | 'maxWait'>
  /** Called before migrations change a database that has tables; if it rejects, nothing is changed. */
  readonly backUp?: () => Promise<void>
}

interface OpenContext extends OpenOptions {
  readonly config: DatabaseOptions
}

type Opened = Pick<MigratedDatabase, 'dataSource' | 'masterKey' | 'lock'>

/**
 * Opens the configured database, and creates and migrates it if necessary. All validation happens
 * before the first write.
 *
 * @throws {ConfigurationError} if another process has locked it, if the database belongs to Pocket ID, cannot be reached or opened, or if the master key
 *   is missing or does not match
 */
export async function openMigratedDatabase(config: DatabaseOptions, options: OpenOptions): Promise<MigratedDatabase> {
  const context = { ...options, config }
  const {
    dataSource,
    masterKey: rootKey,
    lock,
  } = await (config.database.kind === 'sqlite'
    ? openSqlite(config.database.path, context)
    : openPostgres(config.database.url, context))
  await using stack = new AsyncDisposableStack()
  stack.use(lock)
  stack.defer(() => dataSource.destroy())
  const database = databaseOf(dataSource)
  const masterKey = await withDurableKeys(rootKey, database)
  const opened = stack.move()
  const ping = async () => {
    await database.query('SELECT 1 AS alive')
  }
  return {
    dataSource,
    masterKey,
    lock,
    ping,
    checks: {
      database: ping,
      writable: () => checkWritable(database),
      migrations: () => checkMigrations(database, options.schema.migrations),
      disk: () => checkDisk(config.dataFolder),
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/**
 * Validates the database of an instance and keeps commands from replacing it. Writes nothing, so that a reader neither
 * migrates a database that an older server uses nor waits for the writes of a server.
 *
 * @throws {ConfigurationError} as `openMigratedDatabase`, and if the database has no tables of an instance
 */
export async function lockForReading(
  config: DatabaseOptions,
  options: Pick<OpenOptions, 'schema' | 'logger'>,
): Promise<Pick<MigratedDatabase, 'masterKey'> & AsyncDisposable> {
  const { database } = config
  const description = describeDatabase(database)
  const context = { ...options, config, stop: undefined }
  await using stack = new AsyncDisposableStack()
  stack.use(await lockDatabase(context))
  const findings = await inspectDatabase(database, options.logger)
  rejectPocketIdDatabase(findings.tables, description)
  if (findings.applied.size === 0) throw new ConfigurationError(`${description} is empty. Start the server once.`)
  const masterKey = await validateDatabase(findings, description, context)
  const acquired = stack.move()
  return { masterKey, [Symbol.asyncDispose]: () => acquired.disposeAsync() }
}

async function openSqlite(path: string, context: OpenContext): Promise<Opened> {
  const { schema, logger } = context
  const description = `The database ${path}`
  const options = sqliteOptions(path, schema.tables)
  await using stack = new AsyncDisposableStack()
  try {
    // The first process on a new database writes nothing, not even a lock file, before it has validated everything.
    const isNew = !existsSync(lockFileOf(path))
    const earlyLock = isNew ? undefined : stack.use(await lockDatabase(context))
    const findings = inspectSqlite(path)
    const masterKey = await validateDatabase(findings, description, context)
    await createDataFolder(dirname(path))
    const lock = earlyLock ?? stack.use(await lockDatabase(context))
    await createPrivateFile(path)
    await warnAboutReadableSecrets([path, `${path}-wal`], logger)
    await migrate(options, findings, context)
    const dataSource = await new DataSource(options).initialize()
    stack.move()
    return { masterKey, lock, dataSource }
  } catch (error) {
    if (isPermissionError(error)) throw notWritableError(description, error)
    throw error
  }
}

function lockDatabase({ config, lock = { mode: 'shared' }, logger, stop }: OpenContext): Promise<InstanceLock> {
  return acquireInstanceLock(config.database, { ...lock, logger, stop })
}

function isPermissionError(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  return (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_READONLY')
  )
}

async function openPostgres(url: string, context: OpenContext): Promise<Opened> {
  const { schema, logger, stop } = context
  await using stack = new AsyncDisposableStack()
  const dataSource = await connectToPostgres({ url, tables: schema.tables, logger, ...(stop && { stop }) })
  stack.defer(() => dataSource.destroy())
  const lock = stack.use(await lockDatabase(context))
  const findings = await inspectPostgres(dataSource)
  const masterKey = await validateDatabase(findings, describePostgres(url), context)
  await migrate(dataSource.options, findings, context)
  await lock.listen(cacheChannel, () => databaseOf(dataSource).forgetCachedRows())
  stack.move()
  return { dataSource, masterKey, lock }
}

/** Validates without writing. */
async function validateDatabase(
  findings: Findings,
  description: string,
  { config, schema, logger }: OpenContext,
): Promise<MasterKey> {
  rejectPocketIdDatabase(findings.tables, description)
  try {
    refuseUnsupportedDatabase(schema.migrations, findings.applied, description)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    throw new ConfigurationError(
      `${error.message}\nAfter an update, "pocket-id rollback" returns to the backup before it.`,
    )
  }
  return openMasterKey({ config, fingerprints: findings.fingerprints, logger })
}

async function migrate(
  options: DataSourceOptions,
  { applied }: Findings,
  { config, schema: { migrations }, logger, backUp }: OpenContext,
): Promise<void> {
  const missing = missingMigrations(migrations, applied)
  if (missing.length > 0 && config.migrates === false)
    throw new MissingMigrationsError(`These migrations have not run: ${missing.join(', ')}.`)
  logger.debug({ sets: migrations.map(({ table }) => table) }, 'Migrating the database')
  if (applied.size > 0 && missing.length > 0) await backUp?.()
  await runMigrations(options, migrations)
}
