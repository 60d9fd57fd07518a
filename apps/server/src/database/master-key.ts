import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MasterKey } from '@pocket/core'
import { ConfigurationError } from '@pocket/core/errors'
import { codeOf, messageOf } from '../logging/failure.ts'
import type { Logger } from '../logging/logger.ts'
import { createDataFolder } from './data-folder.ts'
import { warnAboutReadableSecrets } from './file-modes.ts'

export interface MasterKeyConfig {
  /** The folder of the generated encryption key. A relative path is resolved against the working directory. */
  readonly dataFolder: string
  /** The bytes of the master key, if set in the environment. */
  readonly encryptionKey: Buffer | undefined
}

export interface MasterKeyOptions {
  readonly config: MasterKeyConfig
  /** Fingerprints of the keys that encrypted the database; empty if it contains no encrypted values. */
  readonly fingerprints: ReadonlySet<string>
  readonly logger: Logger
}

interface CandidateKey {
  readonly source: string
  readonly key: MasterKey
}

function keyFileIn(dataFolder: string): string {
  return join(dataFolder, 'encryption_key')
}

/**
 * The master key from the environment, else from the data folder. A new key is generated only if the database
 * contains no encrypted values.
 *
 * @throws {ConfigurationError} if the key is missing or does not match the database; nothing is written in that case
 */
export async function openMasterKey({ config, fingerprints, logger }: MasterKeyOptions): Promise<MasterKey> {
  const path = keyFileIn(config.dataFolder)
  const environmentKey = config.encryptionKey && { source: 'ENCRYPTION_KEY', key: MasterKey.from(config.encryptionKey) }
  const fileKey = await readKeyFile(path)
  await warnAboutReadableSecrets([path], logger)
  const candidate = environmentKey ?? fileKey
  if (candidate === undefined) {
    if (fingerprints.size > 0) throw missingKeyError(fingerprints, path)
    return generateKey(path, logger)
  }
  if (!matches(candidate, fingerprints))
    throw keyMismatchError({ candidate, other: environmentKey && fileKey, fingerprints })
  if (environmentKey && fileKey && environmentKey.key.fingerprint !== fileKey.key.fingerprint)
    logger.warn({ file: path }, 'ENCRYPTION_KEY is used; the different key in the data folder is ignored')
  return candidate.key
}

/** The bytes of the master key, to be included in an archive. @throws {ConfigurationError} if there is none */
export async function readMasterKeyBytes({ dataFolder, encryptionKey }: MasterKeyConfig): Promise<Buffer> {
  const bytes = encryptionKey ?? (await readKeyText(keyFileIn(dataFolder)))
  if (bytes === undefined) throw new ConfigurationError('There is no encryption key.')
  return Buffer.from(bytes)
}

/** The bytes of a generated key that a rotation or an import has replaced; `undefined` if there is none with this fingerprint. */
export async function readReplacedKeyBytes(
  { dataFolder }: Pick<MasterKeyConfig, 'dataFolder'>,
  fingerprint: string,
): Promise<Buffer | undefined> {
  const text = await readKeyText(`${keyFileIn(dataFolder)}.${fingerprint}`)
  return text !== undefined && MasterKey.from(text).fingerprint === fingerprint ? Buffer.from(text) : undefined
}

/** A key file that is already written. Disposing of it removes the file, unless it was installed. */
export interface StagedKeyFile extends AsyncDisposable {
  /** Whether it replaces a different key, which is kept as `encryption_key.FINGERPRINT`. */
  readonly replacesKey: boolean
  install(): Promise<void>
}

/**
 * Writes a new key file, which a rename installs: data is encrypted with the key only after the disk holds it.
 *
 * @throws {ConfigurationError} if the bytes are not text, which a file cannot represent
 */
export async function stageKeyFile(
  { dataFolder }: Pick<MasterKeyConfig, 'dataFolder'>,
  bytes: Buffer,
): Promise<StagedKeyFile> {
  const path = keyFileIn(dataFolder)
  const text = bytes.toString('utf8')
  const { fingerprint } = MasterKey.from(bytes)
  if (MasterKey.from(text.trimEnd()).fingerprint !== fingerprint)
    throw new ConfigurationError(
      'This encryption key is not text. Nothing was changed. To use it, set ENCRYPTION_KEY_FILE to a file with its bytes.',
    )
  const current = await readKeyFile(path)
  if (current?.key.fingerprint === fingerprint)
    return { replacesKey: false, install: async () => undefined, [Symbol.asyncDispose]: async () => undefined }
  await createDataFolder(dirname(path))
  if (current !== undefined) await link(path, `${path}.${current.key.fingerprint}`).catch(ignoreExisting)
  const temporaryPath = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const remove = () => rm(temporaryPath, { force: true })
  try {
    await writeFile(temporaryPath, `${text.trimEnd()}\n`, { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    await remove()
    throw error
  }
  return {
    replacesKey: current !== undefined,
    install: () => rename(temporaryPath, path),
    [Symbol.asyncDispose]: remove,
  }
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}

function matches({ key }: CandidateKey, fingerprints: ReadonlySet<string>): boolean {
  return [...fingerprints].every((fingerprint) => fingerprint === key.fingerprint)
}

function missingKeyError(fingerprints: ReadonlySet<string>, path: string): ConfigurationError {
  return new ConfigurationError(
    [
      `The encryption key is missing: ENCRYPTION_KEY is not set and ${path} does not exist, but the database is encrypted.`,
      `The key with the fingerprint ${[...fingerprints].join(', ')} is needed. Nothing was changed.`,
      'Set ENCRYPTION_KEY (or ENCRYPTION_KEY_FILE) to the key that this database was set up with, or restore the file.',
    ].join('\n'),
  )
}

interface KeyMismatch {
  readonly candidate: CandidateKey
  readonly other: CandidateKey | undefined
  readonly fingerprints: ReadonlySet<string>
}

function keyMismatchError({ candidate, other, fingerprints }: KeyMismatch): ConfigurationError {
  const expected = [...fingerprints].join(', ')
  return new ConfigurationError(
    [
      `The encryption key does not match this database: the expected fingerprint is ${expected}, but ${candidate.source} has ${candidate.key.fingerprint}. Nothing was changed.`,
      other === undefined || !matches(other, fingerprints)
        ? `${other === undefined ? '' : `${other.source} does not match either: it has ${other.key.fingerprint}. `}Use the key that this database was set up with.`
        : `${other.source} matches: remove ENCRYPTION_KEY to use it.`,
    ].join('\n'),
  )
}

async function readKeyFile(path: string): Promise<CandidateKey | undefined> {
  try {
    const text = await readKeyText(path)
    return text === undefined ? undefined : { source: path, key: MasterKey.from(text) }
  } catch (cause) {
    throw new ConfigurationError(`The encryption key in ${path} cannot be used: ${messageOf(cause)}`, { cause })
  }
}

async function readKeyText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trimEnd()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function generateKey(path: string, logger: Logger): Promise<MasterKey> {
  await createDataFolder(dirname(path))
  const text = randomBytes(32).toString('base64url')
  if (!(await createExclusively(path, `${text}\n`))) {
    // Another process that started at the same time created the file first.
    const existingKey = await readKeyFile(path)
    if (existingKey === undefined) throw new ConfigurationError(`The file ${path} was removed during start-up.`)
    return existingKey.key
  }
  const key = MasterKey.from(text)
  logger.warn(
    { file: path, fingerprint: key.fingerprint },
    'A new encryption key was created because ENCRYPTION_KEY is not set. Keep a copy of it separate from the database',
  )
  return key
}

/** Creates the file atomically with its whole content; returns `false` if it already exists. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  const temporaryPath = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const file = await open(temporaryPath, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await link(temporaryPath, path)
      // Syncs after linking, so that the directory entry is durable as well.
      await file.sync()
    } finally {
      await file.close()
    }
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw new ConfigurationError(
      `The encryption key cannot be written to ${path} (${messageOf(cause)}). Let the user of the server write there, or set ENCRYPTION_KEY.`,
      {
        cause,
      },
    )
  } finally {
    await rm(temporaryPath, { force: true })
  }
}
