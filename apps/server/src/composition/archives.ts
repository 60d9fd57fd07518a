import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type AuditEvent, MasterKey, systemClock } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import type { ArchiveEnd, ArchiveHeader } from '../backup/archive-format.ts'
import { type DecryptionSecrets, type Encryption, encryptionName, openArchive } from '../backup/encryption.ts'
import { exportArchive } from '../backup/export-archive.ts'
import { assertKnownMigrations, importArchive } from '../backup/import-archive.ts'
import { writeOpenExport } from '../backup/open-export.ts'
import { readArchive } from '../backup/read-archive.ts'
import type { ShowProgress } from '../backup/write-archive.ts'
import { createDataFolder } from '../database/data-folder.ts'
import { isOccupied } from '../database/inspect-database.ts'
import { acquireInstanceLock } from '../database/instance-lock.ts'
import { openMasterKey, readMasterKeyBytes, readReplacedKeyBytes, stageKeyFile } from '../database/master-key.ts'
import { lockForReading, type MigratedDatabase } from '../database/migrated-database.ts'
import { openSnapshot, type Snapshot } from '../database/snapshot.ts'
import { createExternalFileStore, createFileStore } from '../files/choose-file-store.ts'
import { fileTable } from '../files/file.table.ts'
import type { FileStore } from '../files/file-store.ts'
import { imageTable } from '../images/image.table.ts'
import { isFileError, messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { recordCommandEvent, recordEvent } from './command-audit.ts'
import type { Config } from './config.ts'
import { migrations, tables } from './server-tables.ts'

const fileTables = { names: { table: imageTable.options.name, column: 'file' }, content: fileTable.options.name }

export interface ExportOptions {
  readonly config: Config
  readonly logger: Logger
  readonly version: string
  readonly encryption: Encryption | undefined
  readonly includeKey: boolean
  readonly signal?: AbortSignal
  readonly showProgress?: ShowProgress
}

/** Writes an archive of the instance, whose servers may be running. */
export async function exportInstance(options: ExportOptions, output: NodeJS.WritableStream): Promise<ArchiveEnd> {
  const { config, logger, encryption } = options
  await using opened = await lockForReading(config, { schema: { tables, migrations }, logger })
  await recordOrWarn({ event: 'data_exported', format: 'archive', encryption: encryptionName(encryption) }, options)
  return await exportDatabase(options, opened, output)
}

export async function exportDatabase(
  { config, logger, version, encryption, includeKey, signal, showProgress }: ExportOptions,
  { masterKey }: Pick<MigratedDatabase, 'masterKey'>,
  output: NodeJS.WritableStream,
): Promise<ArchiveEnd> {
  await using snapshot = await openSnapshot(config.database, logger)
  const source = {
    snapshot,
    files: fileReader(config, snapshot),
    fileTables,
    program: version,
    createdAt: new Date(systemClock.now()),
    fingerprint: masterKey.fingerprint,
    key: includeKey ? await readMasterKeyBytes(config) : undefined,
    showProgress,
  }
  return await exportArchive(source, { encryption, output, signal })
}

/** Files in the database belong to the snapshot; others are read as they are now. */
function fileReader({ files }: Config, snapshot: Snapshot): Pick<FileStore, 'read'> {
  if (files.kind !== 'database') return createExternalFileStore(files)
  return {
    async read(name) {
      const data = await snapshot.cell({ table: fileTables.content, column: 'data', where: ['name', name] })
      return data === undefined ? undefined : Buffer.from(String(data), 'base64')
    },
  }
}

/** An export is also needed when nothing can be written, as on a full disk. */
async function recordOrWarn(event: AuditEvent, { config, logger }: Pick<ExportOptions, 'config' | 'logger'>) {
  try {
    await recordCommandEvent(event, { config, logger })
  } catch (err) {
    logger.warn({ err }, 'The export could not be recorded in the audit log')
  }
}

/** Writes users, groups, claims, clients and passkeys as JSON for other programs. */
export async function exportOpenFormat(
  { config, logger, showProgress }: Pick<ExportOptions, 'config' | 'logger' | 'showProgress'>,
  output: NodeJS.WritableStream,
): Promise<void> {
  await using _opened = await lockForReading(config, { schema: { tables, migrations }, logger })
  await recordOrWarn({ event: 'data_exported', format: 'json', encryption: 'none' }, { config, logger })
  await using snapshot = await openSnapshot(config.database, logger)
  const issuer = config.appUrl.replace(/\/$/, '')
  const source = {
    snapshot,
    issuer,
    rpId: new URL(issuer).hostname,
    createdAt: new Date(systemClock.now()),
    showProgress,
  }
  await pipeline(Readable.from(writeOpenExport(source), { objectMode: false }), output)
}

/** Writes to a new file that only this user can read; an existing file is replaced once the new one is complete. */
export async function writeToFile<Result>(
  path: string,
  write: (output: NodeJS.WritableStream) => Promise<Result>,
): Promise<Result> {
  const temporaryPath = `${path}.${randomUUID()}.partial`
  try {
    // A stream that opens the file itself could fail before it is used.
    await using file = await open(temporaryPath, 'wx', 0o600)
    const result = await write(file.createWriteStream({ flush: true }))
    await rename(temporaryPath, path)
    return result
  } catch (error) {
    await rm(temporaryPath, { force: true })
    if (!isFileError(error)) throw error
    throw new ConfigurationError(`${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

export interface ImportOptions {
  readonly config: Config
  readonly logger: Logger
  readonly stop: AbortSignal
  readonly secrets: DecryptionSecrets
  /** Takes the lock from a running server. */
  readonly force: boolean
  /** Asks before the data of an instance is replaced; rejects if it must not be. */
  readonly confirmReplacement: (header: ArchiveHeader) => Promise<void>
}

export interface Import {
  readonly header: ArchiveHeader
  readonly end: ArchiveEnd
  /** Whether another encryption key was replaced. */
  readonly hasNewKey: boolean
}

/** Replaces the data of an instance with that of an archive. Nothing is changed unless the whole archive is valid. */
export async function importInstance(
  content: AsyncIterable<Buffer>,
  { config, logger, stop, secrets, force, confirmReplacement }: ImportOptions,
): Promise<Import> {
  const { database } = config
  const schema = { tables, migrations }
  const reading = await readArchive(await openArchive(content, secrets))
  const { header } = reading
  assertKnownMigrations(header, schema)
  const newKey = await keyToInstall(header, config, logger)
  if (database.kind === 'sqlite') await createDataFolder(dirname(database.path))
  await using lock = await acquireInstanceLock(database, { mode: 'exclusive', force, logger, stop })
  if (await isOccupied(database, logger)) await confirmReplacement(header)
  await using keyFile = newKey && (await stageKeyFile(config, newKey))
  const end = await importArchive(reading, {
    database,
    schema,
    filesOf: (dataSource) => createFileStore(config, { dataSource }, systemClock),
    beforeReplacement: (dataSource) =>
      recordEvent({ event: 'data_imported', archiveDate: header.createdAt }, { dataSource, logger, config }),
    async assertLocked() {
      stop.throwIfAborted()
      await lock.assertHeld()
    },
    logger,
  })
  await keyFile?.install()
  return { header, end, hasNewKey: keyFile?.replacesKey ?? false }
}

const rotationHint =
  'For an archive from before a rotation of the key, set ENCRYPTION_KEY to the key of that time, import, and rotate the key again.'

/** The key of the archive, if this instance has to take it over. @throws {ConfigurationError} if no key fits */
async function keyToInstall(header: ArchiveHeader, config: Config, logger: Logger): Promise<Buffer | undefined> {
  const { fingerprint } = header
  if (config.encryptionKey === undefined) {
    const key = header.key === undefined ? undefined : Buffer.from(header.key, 'base64')
    if (key !== undefined && MasterKey.from(key).fingerprint === fingerprint) return key
    const replacedKey = await readReplacedKeyBytes(config, fingerprint)
    if (replacedKey !== undefined) return replacedKey
  }
  try {
    await openMasterKey({ config, fingerprints: new Set([fingerprint]), logger })
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    throw new ConfigurationError(`${error.message}\n${rotationHint}`, { cause: error })
  }
  return undefined
}
