import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditEvent, systemClock } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { runMigrations, sqliteOptions } from '@pocket/core/typeorm'
import type { BackupConfig } from '../config/backup.ts'
import { createDataFolder } from '../database/data-folder.ts'
import { databaseSize, inspectDatabase } from '../database/inspect-database.ts'
import { acquireInstanceLock } from '../database/instance-lock.ts'
import { openMasterKey } from '../database/master-key.ts'
import type { DatabaseOptions } from '../database/migrated-database.ts'
import { openSnapshot } from '../database/snapshot.ts'
import { assertIntact, copySqlite, replaceWithCopy } from '../database/staging-sqlite.ts'
import { codeOf, messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { serverVersion } from '../version/version.ts'
import type { AuditDestinationConfig } from './audit-destinations.ts'
import { recordCommandEvent, recordEvent } from './command-audit.ts'
import { migrations, tables } from './server-tables.ts'

type Config = DatabaseOptions & BackupConfig

const prefixes = { migration: 'before-migration-', rollback: 'before-rollback-', replacement: 'before-replacement-' }
const extensions = { sqlite: '.db', postgres: '.archive' }
const maxBackups = 3

/** Bytes. */
const minFreeSpace = 50 * 1024 * 1024

function folderOf({ dataFolder }: Pick<Config, 'dataFolder'>): string {
  return join(dataFolder, 'backups')
}

/** Makes and checks a backup, unless it is turned off. On PostgreSQL it is skipped if the disk is full. */
export async function backUpBeforeMigration(config: Config, logger: Logger): Promise<void> {
  if (config.migrationBackup === false) return
  try {
    const path = await backUp(config, prefixes.migration, logger)
    logger.info({ file: path }, 'A backup was made before the update of the database')
  } catch (error) {
    if (config.database.kind === 'postgres' && isOutOfSpace(error))
      return logger.warn(
        { reason: messageOf(error) },
        'No backup was made before the update of the database, because the data folder cannot hold it',
      )
    throw new ConfigurationError(
      `The backup before the update of the database failed: ${messageOf(error)}. Nothing was changed. To skip the backup, set MIGRATION_BACKUP=off.`,
      { cause: error },
    )
  }
  await removeOldBackups(config)
}

/** Makes a backup before a command replaces all data; resolves to its path. The files of pictures outside the database stay. */
export function backUpBeforeReplacement(config: Config, logger: Logger): Promise<string> {
  return backUpPresentData(config, prefixes.replacement, logger)
}

async function backUpPresentData(config: Config, prefix: string, logger: Logger): Promise<string> {
  try {
    return await backUp(config, prefix, logger)
  } catch (error) {
    throw new ConfigurationError(
      `The backup of the present data failed: ${messageOf(error).replace(/\.$/, '')}. Nothing was changed.`,
      { cause: error },
    )
  }
}

class OutOfSpaceError extends Error {}

function isOutOfSpace(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const codes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM']
  return error instanceof OutOfSpaceError || codes.includes(codeOf(error) ?? codeOf(cause) ?? '')
}

async function backUp(config: Config, prefix: string, logger: Logger): Promise<string> {
  const { database } = config
  const folder = folderOf(config)
  await createDataFolder(folder)
  await assertFreeSpace(folder, await databaseSize(database, logger))
  const time = new Date(systemClock.now()).toISOString().replaceAll(':', '-')
  const path = join(folder, `${prefix}${time}${extensions[database.kind]}`)
  const temporaryPath = `${path}.${randomUUID()}.partial`
  try {
    await (database.kind === 'sqlite'
      ? copySqlite(database.path, temporaryPath)
      : archive(config, temporaryPath, logger))
    await rename(temporaryPath, path)
    return path
  } catch (error) {
    await rm(temporaryPath, { force: true })
    throw error
  }
}

async function assertFreeSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < needed + minFreeSpace)
    throw new OutOfSpaceError(`${folder} has ${bavail * bsize} bytes left, and ${needed + minFreeSpace} are needed`)
}

/** The libraries of archives are loaded only when one is written. */
const loadArchives = () =>
  Promise.all([
    import('../backup/export-archive.ts'),
    import('../backup/read-archive.ts'),
    import('../backup/encryption.ts'),
  ])

async function archive(config: Config, path: string, logger: Logger): Promise<void> {
  const [{ exportArchive }] = await loadArchives()
  const { fingerprints } = await inspectDatabase(config.database, logger)
  const { fingerprint } = await openMasterKey({ config, fingerprints, logger })
  await using snapshot = await openSnapshot(config.database, logger)
  const source = {
    snapshot,
    files: { read: async () => undefined },
    program: serverVersion(),
    createdAt: new Date(systemClock.now()),
    fingerprint,
  }
  const output = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  await exportArchive(source, { encryption: undefined, output })
  const { records } = await readBackup(path)
  for await (const _ of records);
}

async function readBackup(path: string) {
  const [, { readArchive }, { openArchive }] = await loadArchives()
  const secrets = { passphrase: () => Promise.reject(new ConfigurationError(`${path} is encrypted.`)), identities: [] }
  return readArchive(await openArchive(createReadStream(path), secrets))
}

/** Newest first. */
async function migrationBackups(config: Config): Promise<readonly string[]> {
  const folder = folderOf(config)
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  return names
    .filter((name) => name.startsWith(prefixes.migration) && name.endsWith(extensions[config.database.kind]))
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}

async function removeOldBackups(config: Config): Promise<void> {
  for (const path of (await migrationBackups(config)).slice(maxBackups)) await rm(path, { force: true })
}

export interface RollbackOptions {
  readonly config: Config & AuditDestinationConfig
  readonly logger: Logger
  readonly stop: AbortSignal
  readonly force: boolean
  /** Rejects if the data must not be replaced. */
  readonly confirm: (backup: { readonly path: string; readonly createdAt: Date }) => Promise<void>
}

export interface Rollback {
  readonly path: string
  /** A backup of the replaced data. */
  readonly replaced: string
}

/** Returns to the newest backup before a migration that this version can use. The current data is kept as a backup. */
export async function rollBack({ config, logger, stop, force, confirm }: RollbackOptions): Promise<Rollback> {
  const { database } = config
  const backup = await newestUsableBackup(config, logger)
  await using lock = await acquireInstanceLock(database, { mode: 'exclusive', force, logger, stop })
  await confirm(backup)
  const replaced = await backUpPresentData(config, prefixes.rollback, logger)
  const event = { event: 'data_rolled_back', backupDate: backup.createdAt.toISOString() } as const
  if (database.kind === 'sqlite') {
    await replaceWithCopy(backup.path, database.path, async (copy) => {
      await recordInCopy(event, { ...config, database: { kind: 'sqlite', path: copy } }, logger)
      await lock.assertHeld()
    })
  } else {
    const { importArchive } = await import('../backup/import-archive.ts')
    await importArchive(await readBackup(backup.path), {
      database,
      schema: { tables, migrations },
      filesOf: () => {
        throw new TypeError('A backup before a migration contains no files')
      },
      beforeReplacement: (dataSource) => recordEvent(event, { dataSource, logger, config }),
      assertLocked: () => lock.assertHeld(),
      logger,
    })
  }
  return { path: backup.path, replaced }
}

/** The backup may be older than this version. */
async function recordInCopy(
  event: AuditEvent,
  config: Config & AuditDestinationConfig & { readonly database: { readonly kind: 'sqlite'; readonly path: string } },
  logger: Logger,
): Promise<void> {
  await runMigrations(sqliteOptions(config.database.path), migrations)
  await recordCommandEvent(event, { config, logger })
}

async function newestUsableBackup(config: Config, logger: Logger) {
  const [{ assertKnownMigrations }] = await Promise.all([import('../backup/import-archive.ts')])
  const reasons: string[] = []
  for (const path of await migrationBackups(config)) {
    try {
      const { applied, fingerprints } = await inspectBackup(path, config, logger)
      if (applied.size === 0) throw new ConfigurationError('It has no tables of this server.')
      const header = { migrations: Object.fromEntries(applied), program: path }
      assertKnownMigrations(header, { tables, migrations })
      await openMasterKey({ config, fingerprints, logger })
      return { path, createdAt: (await stat(path)).mtime }
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      reasons.push(`${path}: ${error.message}`)
    }
  }
  throw new ConfigurationError(
    [`${folderOf(config)} has no backup that this version can return to. Nothing was changed.`, ...reasons].join('\n'),
  )
}

async function inspectBackup(path: string, { database }: Config, logger: Logger) {
  // An older backup is better than a damaged one.
  if (database.kind === 'sqlite') {
    const findings = await inspectDatabase({ kind: 'sqlite', path }, logger)
    assertIntact(path)
    return findings
  }
  const { header, records } = await readBackup(path)
  for await (const _ of records);
  return { applied: new Map(Object.entries(header.migrations)), fingerprints: new Set([header.fingerprint]) }
}
