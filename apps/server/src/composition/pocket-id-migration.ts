import { readFile } from 'node:fs/promises'
import { systemClock } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { databaseOf } from '@pocket/core/internal/sql'
import { describePostgres } from '../database/postgres-url.ts'
import { createFileStore } from '../files/choose-file-store.ts'
import { stageFiles } from '../files/staged-files.ts'
import { messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { databaseTarget } from '../pocket-id-migration/database-target.ts'
import { dryRunTarget } from '../pocket-id-migration/dry-run-target.ts'
import { ImportFolder } from '../pocket-id-migration/import-folder.ts'
import { migrate } from '../pocket-id-migration/migrate.ts'
import type { ChosenSource } from '../pocket-id-migration/migration-runner.ts'
import type { ShowProgress } from '../pocket-id-migration/migration-steps.ts'
import type { MigrationReport } from '../pocket-id-migration/report.ts'
import { openSource } from '../pocket-id-migration/source/open-source.ts'
import type { Source } from '../pocket-id-migration/source/source.ts'
import { openSecrets, type SourceSecrets } from '../pocket-id-migration/source-secrets.ts'
import { emptyTables, enlargeCache, hasContent } from '../pocket-id-migration/target-content.ts'
import type { Config } from './config.ts'
import { backUpBeforeReplacement } from './migration-backup.ts'
import { type OpenDatabase, openDatabase } from './open-database.ts'
import { tables } from './server-tables.ts'

export interface PocketIdMigrationOptions {
  /** An export archive, an SQLite file, or the `postgres://` URL of a database. */
  readonly source: string
  /** The ENCRYPTION_KEY of the source, or a file that contains it; by default the one of the environment. */
  readonly encryptionKey: Buffer | { readonly file: string } | undefined
  readonly uploads: string | undefined
  /** Only reports the result of a migration. */
  readonly isDryRun: boolean
  readonly showProgress: ShowProgress
  /** How long to wait until other processes have released the database, in milliseconds. Default: 0. */
  readonly maxWait?: number
  /** Asks before the data of a server is replaced; rejects if it must not be. By default it is never replaced. */
  readonly confirmReplacement?: () => Promise<void>
  /** Aborts the reading of the source and the wait for the database; a step that shows progress can also throw. */
  readonly stop?: AbortSignal
}

/**
 * Migrates an instance of Pocket ID into the configured database. Data of a server is replaced after a backup.
 *
 * @throws {ConfigurationError} if the source, its key or the target cannot be used; nothing is changed in that case
 */
export async function migrateFromPocketId(
  config: Config,
  logger: Logger,
  options: PocketIdMigrationOptions,
): Promise<MigrationReport> {
  const now = systemClock.now()
  const { uploads, stop } = options
  await using source = await openSource({ source: options.source, uploads, describePostgres, now, stop })
  const secrets = await findSecrets(source, options, config)
  const { appUrl, settings: environment } = config
  const common = { source, secrets, appUrl, environment, showProgress: options.showProgress, now }
  if (options.isDryRun) return await migrate({ ...common, target: dryRunTarget })
  // A running server would use cached data, and write between two steps.
  await using database = await openDatabase(config, logger, stop, {
    mode: 'exclusive',
    maxWait: options.maxWait ?? 0,
  })
  const { confirmReplacement } = options
  const backup = confirmReplacement && (await replaceContent(database, config, { logger, confirmReplacement }))
  const canReplace = confirmReplacement !== undefined
  const report = await writeAll({ database, config, secrets, canReplace, stop }, (target) =>
    migrate({ ...common, target }),
  )
  return backup === undefined ? report : { ...report, notes: [...report.notes, `The previous data is in ${backup}.`] }
}

/** Milliseconds: if the migration was started at two servers, the other one must stop its instance first. */
const maxReleaseWait = 10_000

/** The migration as the set-up page uses it. */
export function pocketIdMigration(config: Config, logger: Logger) {
  const run = ({ path: source, encryptionKey }: ChosenSource, isDryRun: boolean, showProgress: ShowProgress) =>
    migrateFromPocketId(config, logger, {
      source,
      encryptionKey,
      uploads: undefined,
      isDryRun,
      showProgress,
      maxWait: maxReleaseWait,
    })
  return {
    folder: new ImportFolder(config.dataFolder),
    check: (source: ChosenSource) => run(source, true, () => undefined),
    migrate: (source: ChosenSource, showProgress: ShowProgress) => run(source, false, showProgress),
  }
}

/** Makes a backup if there is data to be replaced, and resolves to its path. */
async function replaceContent(
  { dataSource }: OpenDatabase,
  config: Config,
  { logger, confirmReplacement }: { readonly logger: Logger; readonly confirmReplacement: () => Promise<void> },
): Promise<string | undefined> {
  if (!(await hasContent(databaseOf(dataSource)))) return undefined
  await confirmReplacement()
  return await backUpBeforeReplacement(config, logger)
}

/** A key file may end with a line break that is not part of the key. */
async function findSecrets(
  source: Source,
  { encryptionKey: given }: PocketIdMigrationOptions,
  { encryptionKey: own }: Config,
): Promise<SourceSecrets> {
  const key = given ?? own
  if (key === undefined)
    throw new ConfigurationError(
      'The ENCRYPTION_KEY of the source is needed: name a file that contains it with --encryption-key-file. Nothing was changed.',
    )
  if (Buffer.isBuffer(key)) return openSecrets(source, key)
  const content = await readFile(key.file).catch((cause: unknown) => {
    throw new ConfigurationError(`${key.file} cannot be read: ${messageOf(cause)}`, { cause })
  })
  const trimmed = Buffer.from(content.toString('latin1').trimEnd(), 'latin1')
  if (trimmed.length === content.length) return openSecrets(source, content)
  return openSecrets(source, trimmed).catch(() => openSecrets(source, content))
}

interface TargetInstance {
  readonly database: OpenDatabase
  readonly config: Config
  readonly secrets: SourceSecrets
  /** Whether data of the target may be replaced. */
  readonly canReplace: boolean
  readonly stop: AbortSignal | undefined
}

/** Writes everything in one transaction, whose last step makes the files available. */
async function writeAll(
  { database: opened, config, secrets, canReplace, stop }: TargetInstance,
  write: (target: ReturnType<typeof databaseTarget>) => Promise<MigrationReport>,
): Promise<MigrationReport> {
  const database = databaseOf(opened.dataSource)
  await using files = await stageFiles(createFileStore(config, opened, systemClock), config)
  await enlargeCache(database)
  try {
    return await database.transaction(async () => {
      if (!canReplace && (await hasContent(database)))
        throw new ConfigurationError('This server already has users or clients. Nothing was changed.')
      await emptyTables(
        database,
        tables.map(({ options: { name } }) => name),
      )
      const { masterKey, apiKeys, auditLog, scimProviders, settings, signupTokens, images } = opened
      const stores = { apiKeys, auditLog, scimProviders, settings, signupTokens, images }
      const target = databaseTarget({ ...stores, database, masterKey, secrets, files, now: systemClock.now() })
      const report = await write(target)
      stop?.throwIfAborted()
      await opened.lock.assertHeld()
      await files.publish()
      return report
    })
  } catch (error) {
    await files.revert()
    throw error
  }
}
